"""Lists a page at a time: `{next, previous, results}`, each page found by where the last one ended.

A cursor names the values of the ordering at the edge of a page, signed, so that it reads the same
whatever is added or removed meanwhile and cannot be made up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.core import signing
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from openslot.api.protocol import links

PARAMETERS = ("cursor", "page_size")
PAGE_SIZE = 50
PAGE_SIZE_MAX = 100


class Edge(NamedTuple):
    """Where a page begins: after (or, backwards, before) these values of the ordering."""

    values: Sequence[Any]
    backwards: bool


class Cursor(BasePagination):
    """Fifty a page unless told otherwise. `ordering` must be unique as a whole and without nulls;
    a view's `ordering` attribute or `get_ordering()` wins over the class's.
    """

    ordering: Sequence[str] = ("id",)
    next: Edge | None = None
    previous: Edge | None = None

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any]:
        """The page that the request asks for. A list is its own first and last page."""
        self.request, size = request, page_size(request)
        if not isinstance(queryset, QuerySet):
            return list(queryset[:size])
        if view is not None:
            chosen = getattr(view, "get_ordering", None)
            self.ordering = chosen() if chosen else getattr(view, "ordering", self.ordering)
        edge = self._edge(queryset)
        backwards = edge is not None and edge.backwards
        ordering = [_flipped(name) for name in self.ordering] if backwards else self.ordering
        if edge is not None:
            queryset = queryset.filter(_beyond(ordering, edge.values))
        fetched = list(queryset.order_by(*ordering)[: size + 1])
        more, rows = len(fetched) > size, fetched[:size]
        if backwards:
            rows.reverse()
        if rows and (backwards or more):
            self.next = Edge(self._values(rows[-1]), backwards=False)
        if rows and (more if backwards else edge is not None):
            self.previous = Edge(self._values(rows[0]), backwards=True)
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        return Response(self.envelope(data))

    def envelope(self, data: Any) -> dict[str, Any]:
        """The page, with room for what else a list says beside its `results`."""
        return {"next": self._link(self.next), "previous": self._link(self.previous)} | {
            "results": data
        }

    def _values(self, row: Any) -> list[Any]:
        values = [getattr(row, name.lstrip("-")) for name in self.ordering]
        return [value if isinstance(value, int | float) else str(value) for value in values]

    def _link(self, edge: Edge | None) -> str | None:
        if edge is None:
            return None
        query = self.request.query_params.copy()
        query["cursor"] = signing.dumps(
            [list(self.ordering), list(edge.values), edge.backwards], salt="cursor", compress=True
        )
        return links.absolute(f"{self.request.path}?{urlencode(list(_items(query)))}")

    def _edge(self, queryset: QuerySet[Any]) -> Edge | None:
        raw = self.request.query_params.get("cursor")
        if raw is None:
            return None
        try:
            ordering, values, backwards = signing.loads(raw, salt="cursor")
        except signing.BadSignature as exc:
            raise ValidationError({"cursor": gettext("This is not a cursor of ours.")}) from exc
        if ordering != list(self.ordering):
            raise ValidationError({"cursor": gettext("This cursor belongs to another ordering.")})
        parsed = [
            _typed(queryset, name.lstrip("-"), value)
            for name, value in zip(ordering, values, strict=True)
        ]
        return Edge(parsed, backwards=backwards)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:  # noqa: ARG002
        size = {"type": "integer", "minimum": 1, "maximum": PAGE_SIZE_MAX, "default": PAGE_SIZE}
        return [
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "description": gettext("Taken from the links of another page."),
                "schema": {"type": "string"},
            },
            {"name": "page_size", "in": "query", "required": False, "schema": size},
        ]


def page_size(request: Request) -> int:
    """What `?page_size=` says, 50 without; 400 for what is no number from 1 to 100."""
    raw = request.query_params.get("page_size")
    if raw is None:
        return PAGE_SIZE
    if raw.isascii() and raw.isdigit() and len(raw) <= len(str(PAGE_SIZE_MAX)):
        size = int(raw)
        if 1 <= size <= PAGE_SIZE_MAX:
            return size
    raise ValidationError(
        {
            "page_size": gettext("Give a whole number from 1 to {page_size_max}.").format(
                page_size_max=PAGE_SIZE_MAX
            )
        }
    )


def _items(query: Any) -> list[tuple[str, str]]:
    return [(name, value) for name, values in query.lists() for value in values]


def _flipped(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _beyond(ordering: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows that come after these values in this ordering."""
    beyond, same = Q(), Q()
    for name, value in zip(ordering, values, strict=True):
        column, side = name.lstrip("-"), "lt" if name.startswith("-") else "gt"
        beyond |= same & Q(**{f"{column}__{side}": value})
        same &= Q(**{column: value})
    return beyond


def _typed(queryset: QuerySet[Any], name: str, value: Any) -> Any:
    try:
        return queryset.model._meta.get_field(name).to_python(value)
    except FieldDoesNotExist:  # an annotation: as JSON has it
        return value

"""What every view of the API has: the caller, the body and the query, parsed."""

from __future__ import annotations

from typing import Any, cast

from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from openslot.accounts.models import Provider, User
from openslot.api.protocol.pagination import Cursor
from openslot.kernel.errors import NotAllowed

Parsed = dict[str, Any]


class Endpoint(APIView):
    """A view that takes its input, calls one function and answers."""

    pagination_class: type[Cursor] | None = None  # read by the OpenAPI description, too

    @property
    def caller(self) -> User:
        """Who asks. Only where the view wants an access token."""
        return cast(User, self.request.user)

    @property
    def desk(self) -> Provider:
        """The caller as a provider. Raises `NotAllowed` where they are none."""
        if not self.caller.is_provider:
            raise NotAllowed("Only providers have this.")
        return self.caller.provider

    def body(self, kind: type[serializers.Serializer[Any]], *, partial: bool = False) -> Parsed:
        """The body of the request as that serializer reads it."""
        return cast(Parsed, parsed(kind(data=self.request.data, partial=partial)))

    def bodies(self, kind: type[serializers.Serializer[Any]]) -> list[Parsed]:
        """The same for a body that is a list."""
        return cast(list[Parsed], parsed(kind(data=self.request.data, many=True)))

    def query(self, kind: type[serializers.Serializer[Any]]) -> Parsed:
        """The query string as that serializer reads it."""
        context = {"caller": self.request.user}
        return cast(Parsed, parsed(kind(data=self.request.query_params, context=context)))

    def page(
        self, rows: Any, kind: type[serializers.BaseSerializer[Any]], **context: Any
    ) -> Response:
        """A page of the rows, by the view's `pagination_class`."""
        paginator = (self.pagination_class or Cursor)()
        shown = paginator.paginate_queryset(rows, self.request, view=self)
        context |= {"request": self.request}
        return paginator.get_paginated_response(kind(shown, many=True, context=context).data)


def parsed(serializer: serializers.BaseSerializer[Any]) -> Any:
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data

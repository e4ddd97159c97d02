"""What every view of the API has: the caller, the body and the query, parsed."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from functools import cache
from threading import local
from typing import Any, ClassVar, cast

from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from openslot.accounts.models import Provider, User
from openslot.accounts.signing.challenges import Proof
from openslot.api.protocol.pagination import PARAMETERS, Cursor
from openslot.kernel import callers
from openslot.kernel.errors import Invalid, NotAllowed
from openslot.kernel.wording import languages

Parsed = dict[str, Any]
_readers = local()
SEVERAL = (serializers.MultipleChoiceField, serializers.ListField)
NO_PARAMETER = _("There is no such parameter here.")
TWICE = _("Given more than once.")


class Endpoint(APIView):
    """A view that takes its input, calls one function and answers."""

    pagination_class: type[Cursor] | None = None  # read by the OpenAPI description, too
    # The query string of each method; where nothing is said, it is empty.
    queries: ClassVar[Mapping[str, type[serializers.Serializer[Any]]]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what the query string should not have, before anything is done."""
        super().initial(request, *args, **kwargs)
        if problems := self._unexpected(request):
            raise Invalid(**problems)

    def perform_authentication(self, request: Request) -> None:
        """Whoever asks for no language of ours is answered in that of their profile."""
        super().perform_authentication(request)
        if isinstance(request.user, User):
            said = languages.asked(request.headers.get("Accept-Language", ""))
            translation.activate(said or languages.of(request.user.language))

    def _unexpected(self, request: Request) -> dict[str, str]:
        fields = _fields(self.queries.get(str(request.method)))
        paged = PARAMETERS if request.method == "GET" and self.pagination_class else ()
        given = request.query_params
        unknown = dict.fromkeys(given.keys() - fields.keys() - set(paged), str(NO_PARAMETER))
        return unknown | {
            name: str(TWICE)
            for name in given.keys() - unknown.keys()
            if len(given.getlist(name)) > 1 and not isinstance(fields.get(name), SEVERAL)
        }

    @property
    def caller(self) -> User:
        """Who asks. Only where the view wants an access token."""
        return cast(User, self.request.user)

    @property
    def desk(self) -> Provider:
        """The caller as a provider. Raises `NotAllowed` where they are none."""
        if not self.caller.is_provider:
            raise NotAllowed(gettext("Only providers have this."))
        return self.caller.provider

    def proof(self, solution: str, *, use: str = "") -> Proof:
        """The solved challenge that came along, if any did."""
        return Proof(solution, callers.network(self.request.META), use)

    def body(self, kind: type[serializers.Serializer[Any]], *, partial: bool = False) -> Parsed:
        """The body of the request as that serializer reads it."""
        return cast(Parsed, parsed(kind(data=self.request.data, partial=partial)))

    def body_of_kept(self, kind: type[serializers.Serializer[Any]]) -> Parsed:
        """The same, by a serializer that the thread keeps: to make one takes longer than to read.

        For one that reads by nothing but what it is given.
        """
        kept = vars(_readers).setdefault("kept", {})
        reader = kept.get(kind) or kept.setdefault(kind, kind())
        with contextlib.suppress(serializers.ValidationError):
            return cast(Parsed, reader.run_validation(self.request.data))
        return self.body(kind)  # which says what is wrong

    def bodies(self, kind: type[serializers.Serializer[Any]]) -> list[Parsed]:
        """The same for a body that is a list."""
        return cast(list[Parsed], parsed(kind(data=self.request.data, many=True)))

    def query(self) -> Parsed:
        """The query string as the serializer among `queries` reads it."""
        kind, context = self.queries[str(self.request.method)], {"caller": self.request.user}
        return cast(Parsed, parsed(kind(data=self.request.query_params, context=context)))

    def page(
        self, rows: Any, kind: type[serializers.BaseSerializer[Any]], **context: Any
    ) -> Response:
        """A page of the rows, by the view's `pagination_class`."""
        paginator = (self.pagination_class or Cursor)()
        shown = paginator.paginate_queryset(rows, self.request, view=self)
        context |= {"request": self.request}
        return paginator.get_paginated_response(kind(shown, many=True, context=context).data)


@cache
def _fields(kind: type[serializers.Serializer[Any]] | None) -> Mapping[str, Any]:
    """What a serializer reads, by name; to be looked at alone."""
    return kind().fields if kind else {}


def parsed(serializer: serializers.BaseSerializer[Any]) -> Any:
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data

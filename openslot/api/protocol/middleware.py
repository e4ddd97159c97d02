"""What no view should have to look at."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from openslot.api.protocol import errors


def readable(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Refuse a query string under `/api/` that holds NUL, which PostgreSQL does not take."""

    def middleware(request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if errors.concerns(request) and ("%00" in query or "\0" in query):
            return errors.problem(
                HTTPStatus.BAD_REQUEST,
                code="malformed",
                detail=gettext("Text may not contain the character NUL."),
            )
        return get_response(request)

    return middleware

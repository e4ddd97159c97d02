"""Which error is which status, and problem details (RFC 9457) for every one of them.

Everything of 400 or more under `/api/` is made here: what the domain refuses, what REST framework
refuses, and, through the handlers at the end, what Django answers before or after them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from itertools import islice
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions

from openslot.accounts.google.identity import Unavailable
from openslot.accounts.offering.slugs import MovedPermanently
from openslot.appointments.errors import Refused
from openslot.kernel import routing
from openslot.kernel.errors import (
    Busy,
    DomainError,
    Invalid,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    TooOften,
    VersionMismatch,
)
from openslot.kernel.keeping.idempotency import KeyReused

# The titles of RFC 9110 and of Python, which has had two names for some of them.
TITLES = (
    *(_("Bad Request"), _("Unauthorized"), _("Forbidden"), _("Not Found"), _("Conflict")),
    *(_("Method Not Allowed"), _("Not Acceptable"), _("Length Required"), _("Precondition Failed")),
    *(_("Request Entity Too Large"), _("Content Too Large"), _("Unsupported Media Type")),
    *(_("Unprocessable Entity"), _("Unprocessable Content"), _("Too Many Requests")),
    *(_("Internal Server Error"), _("Service Unavailable")),
)
MEDIA_TYPE = "application/problem+json"
OF_THE_BODY = "non_field_errors"
BUSY_SECONDS = 10  # after which whoever met `Busy` may come again
NOTHING = _("There is nothing at this address.")
FIELDS_MAX = 50  # of `errors`: whoever sent more nonsense learns of the first
MESSAGES_MAX = 20  # of a field
LETTERS_MAX = 300  # of a name or a message, which may quote what was sent

STATUSES: dict[type[DomainError], HTTPStatus] = {
    Invalid: HTTPStatus.BAD_REQUEST,
    NotAuthenticated: HTTPStatus.UNAUTHORIZED,
    NotAllowed: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Refused: HTTPStatus.CONFLICT,
    Busy: HTTPStatus.SERVICE_UNAVAILABLE,
    TooOften: HTTPStatus.TOO_MANY_REQUESTS,
    VersionMismatch: HTTPStatus.PRECONDITION_FAILED,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    DomainError: HTTPStatus.CONFLICT,
}

# REST framework's codes where ours differ.
CODES = {
    "parse_error": "malformed",
    "permission_denied": NotAllowed.code,
}


class Malformed(exceptions.ParseError):
    """What was sent cannot be read."""

    default_code = "malformed"


class TooLarge(exceptions.APIException):
    """What was sent is too large."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_code = "body_too_large"


def problem(
    status: int,
    *,
    code: str,
    detail: str,
    errors: Mapping[str, list[str]] | None = None,
    headers: Mapping[str, str] | None = None,
    **extra: Any,
) -> HttpResponse:
    """One answer in the shape of them all."""
    body = {
        **extra,
        "type": "about:blank",
        "title": gettext(HTTPStatus(status).phrase),
        "status": int(status),
        "detail": detail,
        "code": code,
        "errors": _bounded(errors or {}),
    }
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE, headers=dict(headers or {}))


def _bounded(errors: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """As much of it as somebody can read."""
    return {
        field[:LETTERS_MAX]: [message[:LETTERS_MAX] for message in messages[:MESSAGES_MAX]]
        for field, messages in islice(errors.items(), FIELDS_MAX)
    }


def answer(exc: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """REST framework's exception handler; None (a 500) for what nobody foresaw."""
    if isinstance(exc, DomainError):
        request: HttpRequest = context["request"]._request
        return led_on(request, exc) if isinstance(exc, MovedPermanently) else of_domain(exc)
    if isinstance(exc, Http404):
        return of_domain(NotFound())
    if isinstance(exc, PermissionDenied):
        return of_domain(NotAllowed())
    if isinstance(exc, RequestDataTooBig):
        return of_framework(TooLarge(gettext("The body is too large.")))
    if isinstance(exc, exceptions.APIException):
        return of_framework(exc)
    return None


def led_on(request: HttpRequest, error: MovedPermanently) -> HttpResponse:
    """308, which keeps method and body. To be asked anew each time: addresses can be taken back."""
    there = routing.elsewhere(request.path_info, slug=error.slug)
    if request.META["QUERY_STRING"]:
        there += f"?{request.META['QUERY_STRING']}"
    return HttpResponse(status=308, headers={"Location": there, "Cache-Control": "no-store"})


def of_domain(error: DomainError) -> HttpResponse:
    status = next(status for kind, status in STATUSES.items() if isinstance(error, kind))
    errors = error.errors if isinstance(error, Invalid) else None
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else None
    if isinstance(error, Busy | TooOften):
        seconds = error.seconds if isinstance(error, TooOften) else BUSY_SECONDS
        headers = {"Retry-After": str(seconds)}
    return problem(
        status, code=error.code, detail=error.detail, errors=errors, headers=headers, **error.extra
    )


def of_framework(
    exc: exceptions.APIException, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    if isinstance(exc, exceptions.ValidationError):
        return of_domain(Invalid(**flat(exc.detail)))
    if isinstance(exc, exceptions.NotFound):
        return of_domain(NotFound())
    detail: Any = exc.detail
    if isinstance(detail, Mapping):  # simplejwt's errors
        code, detail = str(detail.get("code", exc.default_code)), detail.get("detail", "")
    else:
        code = str(getattr(detail, "code", exc.default_code))
    status, headers = exc.status_code, {**_headers(exc), **(headers or {})}
    if "WWW-Authenticate" in headers:
        status = HTTPStatus.UNAUTHORIZED
    return problem(status, code=CODES.get(code, code), detail=str(detail), headers=headers)


def _headers(exc: exceptions.APIException) -> dict[str, str]:
    if isinstance(exc, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(exc, exceptions.Throttled):
        wait: float | None = getattr(exc, "wait", None)
        return {"Retry-After": str(max(1, math.ceil(wait or 1)))}
    return {}


def flat(detail: Any) -> dict[str, list[str]]:
    """A serializer's errors as `{field: [messages]}`; a field inside another one, or inside one
    of a list, by its path: `guest.email`, `spans.0.start`.
    """
    found: dict[str, list[str]] = {}
    for path, message in _messages(detail):
        found.setdefault(path or OF_THE_BODY, []).append(message)
    return found


def _messages(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if not isinstance(detail, Mapping | list | tuple):
        yield path, str(detail)
        return
    parts: Iterable[tuple[Any, Any]] = (
        detail.items() if isinstance(detail, Mapping) else enumerate(detail)
    )
    for key, inner in parts:
        whole = key == OF_THE_BODY or (
            isinstance(key, int) and not isinstance(inner, Mapping | list | tuple)
        )
        yield from _messages(inner, path if whole else f"{path}.{key}".lstrip("."))


# Where Django answers by itself --------------------------------------------------------------


@csrf_exempt
def unknown_path(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    """Whatever under `/api/` no other route takes."""
    whole = request.path_info.endswith("/")
    return of_domain(
        NotFound(
            NOTHING
            if whole
            else gettext("{nothing} Addresses end with a slash.").format(nothing=NOTHING)
        )
    )


def concerns(request: HttpRequest) -> bool:
    """Whether the answer goes to a client of the API, not to a browser's page."""
    return request.path_info.startswith("/api/")


def bad_request(_request: HttpRequest, _exception: Exception) -> HttpResponse:
    return problem(
        HTTPStatus.BAD_REQUEST, code="bad_request", detail=gettext("This cannot be answered.")
    )


def server_error(_request: HttpRequest) -> HttpResponse:
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        code="server_error",
        detail=gettext("Something went wrong here. It was written to the log."),
    )

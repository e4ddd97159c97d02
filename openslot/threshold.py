"""What is answered before either door opens: methods that neither has, bodies too large, and a
database that is away.

Problem details under `/api/`, a page elsewhere; neither asks the database for anything.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from http import HTTPStatus

import psycopg
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext
from rest_framework import exceptions

from openslot.api.protocol import errors, parsers

ENVELOPE_BYTES = 10_000  # what multipart adds around a file
RETRY_SECONDS = 2
PHOTOS = "/photo/"  # how the addresses end to which pictures are sent
PAGES = ("GET", "HEAD", "POST", "OPTIONS")  # what anything but the API is asked by (RFC 9110, 9)
API = (*PAGES, "PUT", "PATCH", "DELETE")
AWAY = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)

log = logging.getLogger(__name__)


def methods(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """405 for a method that nothing here has, before anybody asks for a token against forgery."""

    def middleware(request: HttpRequest) -> HttpResponse:
        allowed = API if errors.concerns(request) else PAGES
        return get_response(request) if request.method in allowed else not_allowed(request, allowed)

    return middleware


def not_allowed(request: HttpRequest, allowed: Sequence[str]) -> HttpResponse:
    """405, and what is allowed instead."""
    headers = {"Allow": ", ".join(allowed)}
    if errors.concerns(request):
        return errors.of_framework(exceptions.MethodNotAllowed(str(request.method)), headers)
    page = render_to_string("405.html")
    return HttpResponse(page, status=HTTPStatus.METHOD_NOT_ALLOWED, headers=headers)


def bounded(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Refuse a body that is too large, or of unknown length, before anybody reads of it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or ""
        chunked = "chunked" in request.headers.get("Transfer-Encoding", "").lower()
        if chunked and not length:  # a server that does not count: it would be read as empty
            return _without_length(request)
        if length.isdecimal() and int(length) > limit(request):
            return too_large(request)
        return get_response(request)

    return middleware


def limit(request: HttpRequest) -> int:
    """The most bytes that a body sent to this address may have."""
    if request.path_info.endswith(PHOTOS):
        return int(settings.PHOTO_MAX_BYTES) + ENVELOPE_BYTES
    return parsers.BODY_MAX_BYTES


def too_large(request: HttpRequest) -> HttpResponse:
    """413."""
    if errors.concerns(request):
        return errors.of_framework(
            errors.TooLarge(gettext("At most {limit} bytes.").format(limit=f"{limit(request):,}"))
        )
    return HttpResponse(render_to_string("413.html"), status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def is_away(error: BaseException | None) -> bool:
    """Whether it is the database's absence, and no fault in what it was asked.

    The queue of jobs has exceptions of its own, with ours as their cause.
    """
    return isinstance(error, AWAY) or (error is not None and is_away(error.__cause__))


def unavailable(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    """503, and when to come again."""
    log.error("The database cannot be reached: %s", str(error).partition("\n")[0])
    headers = {"Retry-After": str(RETRY_SECONDS)}
    if errors.concerns(request):
        return errors.problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            code="unavailable",
            detail=gettext(
                "This cannot be answered at the moment. Nothing was changed; try again soon."
            ),
            headers=headers,
        )
    page = render_to_string("503.html")
    return HttpResponse(page, status=HTTPStatus.SERVICE_UNAVAILABLE, headers=headers)


def _without_length(request: HttpRequest) -> HttpResponse:
    if errors.concerns(request):
        return errors.problem(
            HTTPStatus.LENGTH_REQUIRED,
            code="length_required",
            detail=gettext("Send the body with its Content-Length."),
        )
    return HttpResponse(render_to_string("400.html"), status=HTTPStatus.LENGTH_REQUIRED)

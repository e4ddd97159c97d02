"""Whose request it is: cookies that can be read, times in the reader's zone."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from openslot.kernel import timerange

FOR_MACHINES = ("/api/", "/healthz", "/readyz")


def legible_cookies(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Forget cookies that hold NUL, which PostgreSQL does not take: nobody was given such a one."""

    def middleware(request: HttpRequest) -> HttpResponse:
        for name in [name for name, value in request.COOKIES.items() if "\0" in value]:
            del request.COOKIES[name]
        return get_response(request)

    return middleware


def reader_zone(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Activate the zone of whoever is signed in, or the one that the browser told in a cookie."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(FOR_MACHINES):
            return get_response(request)
        name = request.COOKIES.get("timezone", "")
        if request.user.is_authenticated:
            name = request.user.timezone
        with timezone.override(timerange.known_zone(name)):
            return get_response(request)

    return middleware


def unkept(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Let no browser or proxy keep what is somebody's own, unless a view says how."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if "Cache-Control" not in response and _is_personal(request):
            response["Cache-Control"] = "no-store"
        return response

    return middleware


def _is_personal(request: HttpRequest) -> bool:
    if request.path.startswith("/api/"):
        return "Authorization" in request.headers or request.path.startswith("/api/token/")
    if request.path.startswith(settings.MEDIA_URL):
        return False  # pictures are for everybody
    return request.path.startswith("/accounts/") or request.user.is_authenticated

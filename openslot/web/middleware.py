"""Whose request it is: cookies that can be read, times in the reader's zone, ways back after
signing in.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from openslot.kernel import timerange
from openslot.web.errors import came_from

FOR_MACHINES = ("/api/", "/healthz", "/readyz", "/metrics")
LOOKING = {"GET", "HEAD"}
AWAY = {301, 302, 303, 307, 308}
NOT_THUS = 405


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
    """Activate the zone of whoever is signed in; others see each provider's, or one they chose."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(FOR_MACHINES):
            return get_response(request)
        name = request.user.timezone if request.user.is_authenticated else ""
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


def leading_back(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Who has to sign in to send a form comes back to its page, and not to where it was sent,
    which cannot be looked at. A part of a page never holds another page: htmx is told to go there.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.method not in LOOKING and _would_lead_back(request, response):
            response = redirect_to_login(_page_of(request))
        if getattr(request, "htmx", False) and response.status_code in AWAY:
            answer = HttpResponse(status=204)
            answer["HX-Redirect"] = response["Location"]
            answer.cookies = response.cookies
            return answer
        if response.status_code == NOT_THUS and request.method in LOOKING and not response.content:
            shown = render(request, "405.html", status=NOT_THUS)
            shown["Allow"] = response["Allow"]
            return shown
        return response

    return middleware


def _would_lead_back(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether it is sent to sign in and back here; a view may have named another page itself."""
    if response.status_code not in AWAY:
        return False
    here: str = redirect_to_login(request.get_full_path())["Location"]
    return response["Location"] == here


def _page_of(request: HttpRequest) -> str:
    """The page that held the form, as an address of ours."""
    parts = urlsplit(came_from(request))
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _is_personal(request: HttpRequest) -> bool:
    if request.path.startswith(("/api/guest/", "/guest/")):
        return True
    if request.path.startswith("/api/"):
        return "Authorization" in request.headers or request.path.startswith("/api/token/")
    if request.path.startswith(settings.MEDIA_URL):
        return False  # pictures are for everybody
    return request.path.startswith("/accounts/") or request.user.is_authenticated

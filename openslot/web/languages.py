"""Which language an answer is in, and to what its clocks count.

Whoever is signed in reads that of their profile, everybody else one they chose here, else the
browser's, else English. Programs say it with each call, or their profile does
(`api/protocol/endpoint.py`); frames have no cookies, and operators read English.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST

from openslot.accounts.models import User
from openslot.kernel.wording import clocks, languages
from openslot.web.errors import came_from

WORDLESS = (
    *(settings.STATIC_URL, settings.MEDIA_URL, "/healthz", "/readyz", "/metrics", "/seen"),
    *("/hooks/", "/robots.txt", "/sitemap"),
)
API, FRAMES, OPERATORS = "/api/", "/embed/", "/admin/"
NOT_BY_PROFILE = (*WORDLESS, API, FRAMES, OPERATORS)
KEPT_SECONDS = 365 * 24 * 60 * 60


def of_browser(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer in the language that was chosen or asked for, and say so to caches.

    It stands before all others, so that whatever is refused early is said in it as well.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(WORDLESS):
            return get_response(request)
        spoken = said(request) or languages.FALLBACK
        with translation.override(spoken), clocks.override(_usual(request, spoken)):
            response = get_response(request)
            response.setdefault("Content-Language", translation.get_language() or "")
        by = "Authorization" if request.path.startswith(API) else "Cookie"
        patch_vary_headers(response, ["Accept-Language", by])
        return response

    return middleware


def of_reader(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Whoever is signed in reads the language of their profile; `of_browser` ends it again."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(NOT_BY_PROFILE) and isinstance(request.user, User):
            spoken = languages.of(request.user.language)
            translation.activate(spoken)
            clocks.activate(request.user.clock or _usual(request, spoken, request.user.language))
        return get_response(request)

    return middleware


def said(request: HttpRequest) -> str:
    """The language that was chosen here, or that the browser asks for; empty where neither is."""
    if request.path.startswith(OPERATORS):
        return languages.FALLBACK
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in dict(settings.LANGUAGES) and not request.path.startswith((API, FRAMES)):
        return chosen
    return languages.asked(request.headers.get("Accept-Language", ""))


def _usual(request: HttpRequest, spoken: str, tag: str = "") -> str:
    """What clocks count to where that language is spoken: in the country of the tag or, where it
    names none, of the browser. Programs and operators read clocks of 24 hours.
    """
    if request.path.startswith((API, OPERATORS)):
        return clocks.TWENTY_FOUR
    browsers = languages.asked_tag(request.headers.get("Accept-Language", ""))
    if "-" not in tag:
        tag = browsers if languages.spoken(browsers) == spoken else spoken
    return clocks.usual(tag)


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Remember in the browser which language its reader chose, and show the page in it."""
    answer = redirect(came_from(request))
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=KEPT_SECONDS,
            secure=settings.HTTPS,
            httponly=True,
            samesite="Lax",
        )
    return answer

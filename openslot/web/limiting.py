"""The limits of the pages, which are those of the API: a person has one count for both doors."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from openslot.kernel import callers, limits
from openslot.kernel.errors import TooOften

# Of the pages that are sent: by the name of their address, what each counts for. All of them count
# for the broad limit, and allauth's own pages for its limits besides.
BOOKING = dict.fromkeys(
    ("book", "book_several", "embed_book", "provider_book", "series_extend"), "booking"
)
BY_NETWORK = {"account_signup": "signup", "account_login": "token", "guest_links": "guest_mail"}
BY_NETWORK |= {"report": "report", "guest_account": "signup"}
SECONDS = 60  # where allauth says no and does not say until when


class Limits:
    """Middleware: beyond a limit a page that says so, and when to come again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            response.headers.setdefault("Retry-After", str(SECONDS))
        return response

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        if request.method != "POST" or request.path.startswith(("/api/", "/hooks/")):
            return None
        try:
            _count(request)
        except TooOften as refusal:
            return too_often(request, refusal)
        return None


def _count(request: HttpRequest) -> None:
    network = callers.network(request.META)
    who = request.user.pk if request.user.is_authenticated else network
    name = request.resolver_match.url_name if request.resolver_match else None
    limits.count(limits.BROAD, who)
    if name in BOOKING:
        limits.count(BOOKING[name], who)
    if name in BY_NETWORK:
        limits.count(BY_NETWORK[name], network)


def too_often(request: HttpRequest, refusal: TooOften) -> HttpResponse:
    """429."""
    status = HTTPStatus.TOO_MANY_REQUESTS
    response = render(request, "429.html", {"text": refusal.detail}, status=status)
    response["Retry-After"] = str(refusal.seconds)
    return response

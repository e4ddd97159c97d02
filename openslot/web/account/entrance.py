"""Pages under /accounts/ that are ours, or guarded by us; all others there are allauth's."""

from __future__ import annotations

from typing import NoReturn

from allauth.account.views import email
from django.http import Http404, HttpRequest
from django.urls import URLPattern, path

from openslot.web.account import confirming, guarding, sessions


def nothing(_request: HttpRequest) -> NoReturn:
    """Google's One Tap, which we do not offer: allauth's would fetch Google's keys at each call."""
    raise Http404


urlpatterns: list[URLPattern] = [
    path("google/login/token/", nothing),
    path("confirm-email/<str:key>/", confirming.confirm, name="account_confirm_email"),
    path("email/", guarding.guarded(email), name="account_email"),
    path("reauthenticate/", guarding.ask, name="account_reauthenticate"),
    path("sessions/", sessions.sessions, name="sessions"),
]

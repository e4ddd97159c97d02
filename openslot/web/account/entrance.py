"""Pages under /accounts/ that are ours; all others there are allauth's."""

from __future__ import annotations

from typing import NoReturn

from django.http import Http404, HttpRequest
from django.urls import URLPattern, path

from openslot.web.account import confirming


def nothing(_request: HttpRequest) -> NoReturn:
    """Google's One Tap, which we do not offer: allauth's would fetch Google's keys at each call."""
    raise Http404


urlpatterns: list[URLPattern] = [
    path("google/login/token/", nothing),
    path("confirm-email/<str:key>/", confirming.confirm, name="account_confirm_email"),
]

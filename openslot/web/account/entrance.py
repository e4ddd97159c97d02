"""Pages under /accounts/ that are ours; all others there are allauth's."""

from __future__ import annotations

from django.urls import URLPattern, path

from openslot.web.account import confirming

urlpatterns: list[URLPattern] = [
    path("confirm-email/<str:key>/", confirming.confirm, name="account_confirm_email"),
]

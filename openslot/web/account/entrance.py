"""Pages under /accounts/ that are ours, or guarded by us; all others there are allauth's."""

from __future__ import annotations

from allauth.account.views import email
from django.urls import URLPattern, path

from openslot.web.account import confirming, guarding, sessions

urlpatterns: list[URLPattern] = [
    path("confirm-email/<str:key>/", confirming.confirm, name="account_confirm_email"),
    path("email/", guarding.guarded(email), name="account_email"),
    path("reauthenticate/", guarding.ask, name="account_reauthenticate"),
    path("sessions/", sessions.sessions, name="sessions"),
]

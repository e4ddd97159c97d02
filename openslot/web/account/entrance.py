"""Pages under /accounts/ that are ours, or guarded by us; all others there are allauth's."""

from __future__ import annotations

from typing import NoReturn

from allauth.account.views import email, password_set
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.socialaccount.providers.google.views import oauth2_login
from allauth.socialaccount.views import connections
from django.http import Http404, HttpRequest
from django.urls import URLPattern, path

from openslot.web.account import confirming, guarding, sessions


def nothing(_request: HttpRequest) -> NoReturn:
    """Google's One Tap, which we do not offer: allauth's would fetch Google's keys at each call."""
    raise Http404


urlpatterns: list[URLPattern] = [
    path("google/login/token/", nothing),
    path("confirm-email/<str:key>/", confirming.confirm, name="account_confirm_email"),
    path("2fa/totp/activate/", guarding.guarded(totp.activate_totp)),
    path("2fa/totp/deactivate/", guarding.guarded(totp.deactivate_totp)),
    path("2fa/recovery-codes/", guarding.guarded(recovery_codes.view_recovery_codes)),
    path("2fa/recovery-codes/generate/", guarding.guarded(recovery_codes.generate_recovery_codes)),
    path("2fa/recovery-codes/download/", guarding.guarded(recovery_codes.download_recovery_codes)),
    path("3rdparty/", guarding.guarded(connections)),
    path("google/login/", guarding.connecting_guarded(oauth2_login)),
    path("password/set/", guarding.guarded(password_set)),
    path("email/", guarding.guarded(email), name="account_email"),
    path("reauthenticate/", guarding.ask, name="account_reauthenticate"),
    path("sessions/", sessions.sessions, name="sessions"),
]

"""The admin's door: the sign-in page of everybody, with its limits and second factors."""

from __future__ import annotations

from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from unfold.sites import UnfoldAdminSite

from openslot.web.operators import health

NEEDS_FACTOR = "The admin asks for a second factor. Set one up here, then come back to it."


class Site(UnfoldAdminSite):  # type: ignore[misc]
    """The admin, without a sign-in of its own; in production for those with a second factor."""

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(super().has_permission(request)) and not _lacks_factor(request)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # noqa: ARG002
        """Where Django's admin sends whom it does not let in; nothing is signed in to here."""
        wanted = get_next_redirect_url(request) or reverse("admin:index")
        if not request.user.is_authenticated:
            return redirect_to_login(wanted)
        if not super().has_permission(request):
            raise PermissionDenied
        if _lacks_factor(request):
            messages.info(request, NEEDS_FACTOR)
            return redirect("mfa_activate_totp")
        return redirect(wanted)

    def get_urls(self) -> list[Any]:
        return [path("health/", self.admin_view(self.health), name="health"), *super().get_urls()]

    def health(self, request: HttpRequest) -> HttpResponse:
        """Jobs, mail, calendars and webhooks on one page. It shows figures, and nobody's."""
        context = {**self.each_context(request), "title": "Health", "health": health.health()}
        return render(request, "operators/health.html", context)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # noqa: ARG002
        return redirect("account_change_password")


def _lacks_factor(request: HttpRequest) -> bool:
    return settings.PRODUCTION and not is_mfa_enabled(request.user, [Authenticator.Type.TOTP])

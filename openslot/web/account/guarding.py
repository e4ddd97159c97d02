"""Before what opens or takes away an account, somebody says again who they are.

A sign-in of the last minutes counts. With a password or a second factor allauth's pages ask for it;
without either, six digits go by mail, and Google's word counts as well.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows import reauthentication
from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import reauthenticate as by_password
from allauth.core import ratelimit
from allauth.socialaccount.providers.base.constants import AuthProcess
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from openslot.accounts.models import User
from openslot.accounts.signing import adapter, recovery
from openslot.web import errors
from openslot.web.parts.requests import posted, reader

View = Callable[..., HttpResponse]
KEPT = "code_to_say_again"
GOOD_FOR = 600  # seconds


def guarded(view: View) -> View:
    """For who said a few minutes ago who they are; others are asked, and led back."""
    return _guarded(view, adapter.has_said_lately)


def guarded_again(view: View) -> View:
    """The same, for what cannot be undone: having signed in a moment ago is not enough."""
    return _guarded(view, adapter.has_said_again)


def connecting_guarded(view: View) -> View:
    """Of a way to another sign-in, that part which gives somebody signed in one more."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        process = request.POST.get("process") or request.GET.get("process")
        shown = guarded(view) if process == AuthProcess.CONNECT else view
        return shown(request, *args, **kwargs)

    return wrapped


def _guarded(view: View, has_said: Callable[[HttpRequest], bool]) -> View:
    @wraps(view)
    @login_required
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if has_said(request):
            return view(request, *args, **kwargs)
        answer: HttpResponse = reauthentication.suspend_request(
            request, "/accounts/reauthenticate/"
        )
        return answer

    return wrapped


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("The six digits"),
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def __init__(self, data: Any, *, request: HttpRequest) -> None:
        super().__init__(data)
        self.request = request

    def clean_code(self) -> str:
        given: str = self.cleaned_data["code"].strip()
        user, kept = reader(self.request), self.request.session.get(KEPT) or {}
        if not _counted(self.request, user):
            raise forms.ValidationError(gettext("Too many tries. Wait a few minutes."))
        late = time.time() - kept.get("at", 0) > GOOD_FOR
        if late or not constant_time_compare(given, recovery.code(user, kept.get("nonce", ""))):
            raise forms.ValidationError(gettext("These are not the digits, or they are too old."))
        return given


@login_required
def ask(request: HttpRequest) -> HttpResponse:
    """The page that asks who it is, by whatever the account has."""
    if get_adapter().get_reauthentication_methods(request.user):
        answer: HttpResponse = by_password(request)
        return answer
    if "send" in request.POST:
        return _sent(request)
    form = CodeForm(posted(request), request=request)
    if request.method == "POST" and form.is_valid():
        del request.session[KEPT]
        record_authentication(request, reader(request), "code", reauthenticated=True)
        return reauthentication.resume_request(request) or redirect("profile")
    return _page(request, form, sent=KEPT in request.session)


def _page(request: HttpRequest, form: CodeForm, *, sent: bool) -> HttpResponse:
    by_google = adapter.signs_in_by_google(reader(request))
    context = {"form": form, "sent": sent, "next": _next(request), "by_google": by_google}
    return render(request, "account/say_again.html", context, status=errors.status(form))


def _sent(request: HttpRequest) -> HttpResponse:
    user = reader(request)
    key = f"say-again-{user.pk}"
    if not ratelimit.consume(request, action="request_login_code", key=key):
        refused: HttpResponse = ratelimit.respond_429(request)
        return refused
    nonce = secrets.token_urlsafe(16)
    request.session[KEPT] = {"nonce": nonce, "at": time.time()}
    app.configure_task(recovery.CODE).defer(user_id=str(user.pk), nonce=nonce)
    messages.info(
        request, gettext("Six digits are on their way to {email}.").format(email=user.email)
    )
    return _page(request, CodeForm(None, request=request), sent=True)


def _counted(request: HttpRequest, user: User) -> bool:
    return bool(ratelimit.consume(request, action="login_failed", key=f"say-again-{user.pk}"))


def _next(request: HttpRequest) -> str:
    return request.POST.get("next") or request.GET.get("next", "")

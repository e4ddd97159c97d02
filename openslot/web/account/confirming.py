"""The page behind the link that asks whether an address is somebody's.

The link alone shows who reads the mail, not who made the account: a stranger may have signed up
with the address. So it counts together with the account's session or password; without either,
whoever reads the mail may take the account (nothing of what the stranger put there opens it then)
or have it removed. Looking at the page changes nothing: mail scanners open every link.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.email_verification import verify_email, verify_email_and_resume
from allauth.account.internal.flows.login import (
    perform_login,
    perform_password_login,
    record_authentication,
)
from allauth.account.models import EmailAddress, Login, get_emailconfirmation_model
from allauth.account.stages import EmailVerificationStage, LoginStageController
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from openslot.accounts import claiming, people
from openslot.accounts.signing.adapter import warn
from openslot.accounts.signing.forms import Consenting
from openslot.privacy import disowning
from openslot.web import errors


class PasswordForm(forms.Form):
    password = forms.CharField(
        label=_("The password of the account"),
        max_length=people.PASSWORD_MAX,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, data: Any, *, request: HttpRequest, address: EmailAddress) -> None:
        super().__init__(data)
        self.request, self.address = request, address

    def clean_password(self) -> str:
        given: str = self.cleaned_data["password"]
        user = self.address.user
        authenticated = get_adapter().authenticate(self.request, email=user.email, password=given)
        if authenticated is None or authenticated.pk != user.pk:
            raise forms.ValidationError(gettext("This is not the password of the account."))
        return given


class ChooseForm(Consenting):
    password = forms.CharField(
        label=_("A new password"),
        help_text=_("At least 12 characters."),
        max_length=people.PASSWORD_MAX,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="new_%s")


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, key: str) -> HttpResponse:
    confirmation = get_emailconfirmation_model().from_key(key)
    if confirmation is None:
        return _gone(request)
    if request.method != "POST":
        return _page(request, confirmation)
    act = ACTS.get(request.POST.get("action", ""))
    if act is not None:
        return act(request, confirmation)
    return (
        _confirmed(request, confirmation)
        if _is_theirs(request, confirmation)
        else _page(request, confirmation, 409)
    )


def _gone(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        raise Http404
    return render(request, "account/email_confirm.html", {"confirmation": None})


def _is_theirs(request: HttpRequest, confirmation: Any) -> bool:
    """Whether this browser is signed in to the account, or has just signed up with it."""
    owner = confirmation.email_address.user_id
    controller: Any = LoginStageController
    stage = controller.enter(request, EmailVerificationStage.key)
    waiting = stage.login.user if stage else None
    return bool(request.user.pk == owner or (waiting and waiting.pk == owner))


def _page(
    request: HttpRequest, confirmation: Any, status: int = 200, **bound: forms.BaseForm
) -> HttpResponse:
    address = confirmation.email_address
    context = {
        "confirmation": confirmation,
        "address": address,
        "can_confirm": address.can_set_verified(),
        "theirs": _is_theirs(request, confirmation),
        "claimable": claiming.may_be_claimed(address.user, email=address.email),
        "form": PasswordForm(None, request=request, address=address),
        "choose_form": ChooseForm(),
    }
    return render(request, "account/email_confirm.html", context | bound, status=status)


def _confirmed(request: HttpRequest, confirmation: Any) -> HttpResponse:
    address, answer = verify_email_and_resume(request, confirmation)
    if address is None:
        return _page(request, confirmation, 409)
    return answer or redirect(get_adapter(request).get_email_verification_redirect_url(address))


def _by_password(request: HttpRequest, confirmation: Any) -> HttpResponse:
    address = confirmation.email_address
    form = PasswordForm(request.POST, request=request, address=address)
    if not form.is_valid() or not verify_email(request, address):
        return _page(request, confirmation, 422, form=form)
    login = Login(user=address.user, email=address.email)
    answer: HttpResponse = perform_password_login(request, {"email": address.email}, login)
    return answer


def _by_choosing(request: HttpRequest, confirmation: Any) -> HttpResponse:
    address, form = confirmation.email_address, ChooseForm(request.POST)
    if not errors.carried_out(
        form,
        lambda: claiming.claim(
            address.user,
            email=address.email,
            password=form.cleaned_data["password"],
            consent=form.agreed,
        ),
    ):
        return _page(request, confirmation, errors.status(form), choose_form=form)
    logout(request)
    messages.success(request, gettext("The account is yours. Say next who you are."))
    address.user.refresh_from_db()
    record_authentication(request, address.user, method="password_reset", email=address.email)
    warn(address.user, "password")
    answer: HttpResponse = perform_login(request, Login(user=address.user, email=address.email))
    return answer


@errors.returning("account_confirm_email", "key")
def _disowned(request: HttpRequest, *, confirmation: Any, key: str) -> HttpResponse:  # noqa: ARG001
    disowning.disown(confirmation.email_address)
    messages.success(request, gettext("Done. Nothing here goes by your address any more."))
    return redirect("account_login")


ACTS: dict[str, Callable[[HttpRequest, Any], HttpResponse]] = {
    "password": _by_password,
    "choose": _by_choosing,
    "disown": lambda request, confirmation: _disowned(
        request, confirmation=confirmation, key=confirmation.key
    ),
}

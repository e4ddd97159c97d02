"""The forms behind allauth's pages of an account: it judges them, and we say what they ask for."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account import forms as allauth_forms
from allauth.mfa.base import forms as factor_forms
from allauth.mfa.totp import forms as totp_forms
from django import forms
from django.utils.translation import gettext_lazy as _

from openslot.accounts.signing import adapter
from openslot.accounts.signing.forms import PASSWORD

DIGITS = {"inputmode": "numeric", "autocomplete": "one-time-code"}


class Called(forms.Form):
    """Mixed into a form of allauth's: its fields in our words, a new password asked for once."""

    called: ClassVar[dict[str, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("password2", None)
        for name, label in self.called.items():
            self.fields[name].label = label
        if "password1" in self.fields:
            self.fields["password1"].help_text = PASSWORD


class ChangePasswordForm(Called, allauth_forms.ChangePasswordForm):  # type: ignore[misc]
    called: ClassVar = {"oldpassword": _("Your password now"), "password1": _("New password")}


class SetPasswordForm(Called, allauth_forms.SetPasswordForm):  # type: ignore[misc]
    called: ClassVar = {"password1": _("Password")}


class ReauthenticateForm(Called, allauth_forms.ReauthenticateForm):  # type: ignore[misc]
    called: ClassVar = {"password": _("Password")}


class ActivateForm(Called, totp_forms.ActivateTOTPForm):  # type: ignore[misc]
    """The first digits of an authenticator app."""

    called: ClassVar = {"code": _("The six digits it shows")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update(DIGITS)


class _Factor(Called):
    """A second factor; a wrong one is logged, as at the API."""

    called: ClassVar = {"code": _("The six digits, or a recovery code")}

    def _emit_authentication_failed(self, authenticator: Any) -> None:
        adapter.log_factor_failure(self.user)  # type: ignore[attr-defined]
        super()._emit_authentication_failed(authenticator)  # type: ignore[misc]


class AuthenticateForm(_Factor, factor_forms.AuthenticateForm):  # type: ignore[misc]
    """At the sign-in page."""


class AuthenticateAgainForm(_Factor, factor_forms.ReauthenticateForm):  # type: ignore[misc]
    """Where somebody says again who they are."""

"""The form behind the sign-up page of allauth; what it decides is decided in `people`."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.core import context
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.html import format_html
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from openslot.accounts import addresses, claiming, consenting, people, phones
from openslot.accounts.models import User
from openslot.accounts.signing import adapter, challenges, codes, recovery
from openslot.accounts.signing.challenges import Proof
from openslot.kernel import callers, timerange
from openslot.kernel.errors import Invalid, NotAllowed
from openslot.kernel.wording import languages, texts

MAILED = _(
    "Six digits are on their way to your address. Type them here, and the password once more."
)


class LineField(forms.CharField):
    """A name, a phone, a title: one line, whatever was sent; what shows nothing is none."""

    def to_python(self, value: Any) -> str | None:
        return super().to_python(texts.line(value) if _is_typed(value) else value)


class PhoneField(LineField):
    """A telephone number, as people write it."""

    default_validators = [phones.validate]

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
        super().__init__(**{"max_length": 40, "widget": widget, **options})


class ProseField(forms.CharField):
    """Text of several lines as it came; what shows nothing is none."""

    def to_python(self, value: Any) -> str | None:
        return super().to_python(texts.prose(value) if _is_typed(value) else value)


class AddressField(forms.EmailField):
    """An address of mail, in its one spelling."""

    default_validators = [addresses.validate]

    def to_python(self, value: Any) -> str:
        return addresses.canonical(super().to_python(value) or "")


def _is_typed(value: Any) -> bool:
    return isinstance(value, str) and "\0" not in value  # which the field itself refuses


PASSWORD = _("At least 12 characters: nothing common, and not your name or address.")


class Addressed(forms.Form):
    """Mixed into a form of allauth's: its addresses are judged as everywhere else, and what it
    asks for is called so.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name in {"email", "login"}:
                field.label = _("E-mail")
            if name in {"password", "password1"}:
                field.label = _("Password")
            if name == "password1":
                field.help_text = PASSWORD  # what is wrong with one is said beside it
            if isinstance(field, forms.EmailField):
                field.validators = [
                    *(each for each in field.validators if not isinstance(each, EmailValidator)),
                    addresses.validate,
                ]


class ConsentField(forms.BooleanField):
    """A box beside what the operator asks people to agree to."""

    def __init__(self, asked: consenting.Asked) -> None:
        label: str = asked.text
        if asked.url:
            link = '<bdi>{}</bdi> <a href="{}" target="_blank" rel="noopener">{}</a>'
            label = format_html(link, asked.text, asked.url, gettext("Read it"))
        missing = gettext("Nothing is booked or made without your consent.")
        super().__init__(label=label, error_messages={"required": missing})


class Consenting(forms.Form):
    """Mixed into a form that makes somebody known here: the box is there where it is asked for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if (asked := consenting.asked()) is not None:
            self.fields["consent"] = ConsentField(asked)

    @property
    def agreed(self) -> bool:
        return bool(self.cleaned_data.get("consent", False))


class Challenged(forms.Form):
    """Mixed into a form that may ask for a solved challenge; its page includes `challenge.html`.

    `proof` is what came along. Whoever has no script for it shows that they read mail instead.
    """

    def __init__(self, *args: Any, proof: Proof, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.proof = proof

    @property
    def asks_challenge(self) -> bool:
        """Whether the page has to ask for one."""
        return challenges.is_asked(self.proof.network)

    def is_met(self) -> bool:
        """Whether one came along, or none is asked for; else digits may be mailed instead.

        Raises what `challenges.check_page` raises.
        """
        return challenges.check_page(self.proof, asked="challenge_asked" in self.data)


class LoginForm(Addressed, allauth_forms.LoginForm):  # type: ignore[misc]
    """An address in whatever spelling, and a password."""


class AddEmailForm(Addressed, allauth_forms.AddEmailForm):  # type: ignore[misc]
    """One more address, or another one."""


class CodeField(LineField):
    """The digits that were mailed to whoever shows that they read mail."""

    def __init__(self) -> None:
        typed = {"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}
        super().__init__(
            required=False,
            max_length=20,
            label=gettext("The six digits from our mail"),
            widget=forms.TextInput(attrs=typed),
        )


class SignupForm(Consenting, Challenged, Addressed, allauth_forms.SignupForm):  # type: ignore[misc]
    """Names, address, password; a script fills in the zone of the browser.

    Where a challenge was asked for and none came along, `code` asks for the digits in our mail.
    """

    first_name = LineField(max_length=200)
    last_name = LineField(max_length=200, required=False)
    code = CodeField()
    timezone = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    field_order = ["first_name", "last_name", "email", "password1", "code", "timezone"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        asking = context.request
        solution = asking.POST.get("challenge", "")
        super().__init__(*args, proof=Proof(solution, callers.network(asking.META)), **kwargs)
        self.asks_code = "code" in self.data  # it stands on the page once they are on their way
        self.fields["first_name"].widget.attrs["autocomplete"] = "given-name"
        self.fields["last_name"].widget.attrs["autocomplete"] = "family-name"

    def validate_unique_email(self, value: str) -> str:
        if people.is_taken(value):
            raise ValidationError(people.TAKEN)
        return value

    def clean_timezone(self) -> str:
        """A zone that we do not know is no reason to send anybody back to a hidden field."""
        name: str = self.cleaned_data["timezone"]
        return name if timerange.known_zone(name) else "UTC"

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            self._go_on(cleaned)
        return cleaned

    def _go_on(self, cleaned: dict[str, Any]) -> None:
        """Here and not in `save`, where a refusal could no longer be shown beside its field."""
        try:
            if self._is_shown(cleaned):
                self._sign_up(cleaned)
        except Invalid as exc:
            for field, messages in exc.errors.items():
                name = {"password": "password1", "guest.code": "code"}.get(field, field)
                self.add_error(name if name in self.fields else None, messages)

    def _is_shown(self, cleaned: dict[str, Any]) -> bool:
        """Whether what has to be shown first is; if not, digits are on their way now."""
        if self.asks_code:
            codes.check(cleaned["email"], cleaned["code"])
        elif not self.is_met():
            codes.ask(cleaned["email"])
            self.asks_code = True
            self.add_error("code", MAILED)
            return False
        return True

    def save(self, request: Any) -> User:  # noqa: ARG002
        return self.user

    def _sign_up(self, cleaned: dict[str, Any]) -> None:
        self.user = people.sign_up(
            email=cleaned["email"],
            password=cleaned["password1"],
            first_name=cleaned["first_name"],
            last_name=cleaned["last_name"],
            timezone=cleaned["timezone"],
            language=languages.of(get_language() or ""),
            verified=self.asks_code,
            consent=self.agreed,
        )


class GoogleSignupForm(Consenting):
    """The box alone: Google has said all else."""

    def __init__(self, *args: Any, sociallogin: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sociallogin = sociallogin

    def try_save(self, request: Any) -> tuple[User, None]:
        adapter.enter(request, self.sociallogin, consent=self.agreed)
        return self.sociallogin.user, None


class ResetPasswordForm(Addressed, allauth_forms.ResetPasswordForm):  # type: ignore[misc]
    """An address; nobody is looked up while the person waits, known or not."""

    def clean_email(self) -> str:
        return addresses.canonical(self.cleaned_data["email"])

    def save(self, request: Any, **_: Any) -> str:  # noqa: ARG002
        email: str = self.cleaned_data["email"]
        recovery.ask(email)
        return email


class UserTokenForm(allauth_forms.UserTokenForm):  # type: ignore[misc]
    """A mailed key, as `recovery` makes them."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = forms.Form.clean(self) or self.cleaned_data
        self.reset_user = self._get_user(cleaned.get("uidb36", ""))
        key = cleaned.get("key", "")
        self.email = recovery.address(self.reset_user, key) if self.reset_user else None
        if self.email is None:
            raise ValidationError(gettext("This link has run out."))
        return cleaned


class ResetPasswordKeyForm(
    Consenting,
    Addressed,
    allauth_forms.ResetPasswordKeyForm,  # type: ignore[misc]
):
    """A new password by a mailed key, asked for once, as at sign-up.

    Whoever takes an account with it that somebody else may have made is asked for their consent.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        self.email = recovery.address(self.user, self.temp_key) if self.user else None
        if self.email is None or not claiming.may_be_claimed(self.user, email=self.email):
            self.fields.pop("consent", None)

    def save(self) -> None:
        if self.email is None:
            raise NotAllowed
        password = self.cleaned_data["password1"]
        recovery.reset(self.user, email=self.email, password=password, consent=self.agreed)

"""Signing up, and what people say about themselves."""

from __future__ import annotations

import re
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from openslot.accounts import addresses, consenting, locks
from openslot.accounts.models import Listing, Provider, User
from openslot.accounts.offering import rules, sites, slugs
from openslot.kernel import events, timerange
from openslot.kernel.errors import Invalid, NotAllowed
from openslot.kernel.rows.assignment import assign
from openslot.kernel.rows.db import explaining

VERIFY = "openslot.accounts.tasks.verify"
CREATED = "account.created"
VERIFIED = "address.verified"
TAKEN = _("Somebody has signed up with this address already. Sign in, or reset the password.")
CONFIRM_FIRST = _("Confirm your e-mail address before you offer time: follow the link in our mail.")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")  # BCP 47, as far as form goes
PASSWORD_MAX = 1000  # characters

PROFILE = ("first_name", "last_name", "phone", "timezone", "language", "clock")
PROVIDER = (
    "name",
    "headline",
    "bio",
    "timezone",
    "location_kind",
    "location_text",
    "contact_phone",
    *rules.ALL,
    "active",
    "embed_sites",
)


@transaction.atomic
def sign_up(
    *,
    email: str,
    password: str,
    first_name: str,
    last_name: str = "",
    timezone: str = "UTC",
    language: str = "en",
    verified: bool = False,
    consent: bool | None = False,
) -> User:
    """A new account; the mail that verifies its address goes out once this is committed.

    With `verified` they have shown already that the address is theirs, and there is no such mail.
    `consent` is their word to what the operator asks, without which none is made; None where they
    are not asked.

    Raises `Invalid` for a taken address (capitals aside), a weak password, an unknown zone, and
    `NotAllowed` where the installation is closed for sign-up.
    """
    _check_open()
    consenting.check(consent)
    user = User()
    names = {"first_name": first_name, "last_name": last_name}
    errors = _problems(user, names | {"timezone": timezone, "language": language})
    errors |= _email_problems(user, email)
    errors |= _password_problems(user, password)
    if errors:
        raise Invalid(**errors)
    user.set_password(password)
    with explaining({"user_email_taken_whatever_the_capitals": _taken}):
        user.save(force_insert=True)
    address = EmailAddress.objects.create(
        user=user, email=user.email, primary=True, verified=verified
    )
    if verified:
        events.announce(VERIFIED, address_id=address.pk)
    else:
        app.configure_task(VERIFY).defer(address_id=address.pk)
    if consent:
        consenting.keep(user=user)
    events.announce(CREATED, user_id=str(user.pk))
    return user


@transaction.atomic
def admit(
    *,
    email: str,
    first_name: str,
    last_name: str,
    timezone: str = "UTC",
    language: str = "en",
    consent: bool = False,
) -> User:
    """A new account, without a password, of somebody who has shown elsewhere whose address it is.

    Raises `Invalid` and `NotAllowed` as `sign_up` does.
    """
    _check_open()
    consenting.check(consent)
    user = User()
    names = {"first_name": first_name, "last_name": last_name}
    errors = _problems(user, names | {"timezone": timezone, "language": language})
    errors |= _email_problems(user, email)
    if errors:
        raise Invalid(**errors)
    user.set_unusable_password()
    user.save(force_insert=True)
    address = EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    consenting.keep(user=user)
    events.announce(CREATED, user_id=str(user.pk))
    events.announce(VERIFIED, address_id=address.pk)
    return user


def _check_open() -> None:
    if not get_adapter().is_open_for_signup(None):
        raise NotAllowed(gettext("Nobody can sign up here at the moment."))


def is_taken(email: str) -> bool:
    """Whether somebody signs in with this address, or has shown that it is theirs."""
    email = addresses.canonical(email)
    return (
        User.objects.filter(email__iexact=email).exists()
        or EmailAddress.objects.filter(email__iexact=email, verified=True).exists()
    )


def is_verified_elsewhere(user: User, *, email: str) -> bool:
    """Whether somebody else has shown that the address is theirs."""
    others = EmailAddress.objects.exclude(user=user)
    return bool(others.filter(email__iexact=email, verified=True).exists())


def check_password(password: str, *, for_: User) -> None:
    """Whether it is good enough for a new one. Raises `Invalid` beside `password`."""
    errors = _password_problems(for_, password)
    if errors:
        raise Invalid(**errors)


def change_profile(user: User, **fields: Any) -> User:
    """Change some of `PROFILE`. Raises `Invalid`."""
    errors = _problems(user, fields)
    if errors:
        raise Invalid(**errors)
    user.save(update_fields=list(fields))
    return user


def needs_confirming(user: User) -> bool:
    """Whether an address of theirs has to be shown to be theirs before they may offer time.

    A provider writes to strangers under the house's name: there is somebody to turn to.
    """
    shown = EmailAddress.objects.filter(user=user, verified=True)
    return settings.EMAIL_VERIFICATION == "mandatory" and not shown.exists()


@transaction.atomic
def become_provider(user: User, *, name: str, timezone: str, **fields: Any) -> Provider:
    """Let the user offer time, under a slug made of the name. `fields` are some of `PROVIDER`.

    Where PROVIDER_APPROVAL is on nobody finds them before an operator has let them in.

    Raises `Invalid`, and `NotAllowed` for a provider, and for somebody who has to confirm their
    address first.
    """
    locks.users([user.pk])
    if needs_confirming(user):
        raise NotAllowed(CONFIRM_FIRST)
    if Provider.objects.filter(user=user).exists():
        raise NotAllowed(gettext("You are a provider already."))
    provider = Provider(user=user)
    if settings.PROVIDER_APPROVAL == "on":
        provider.listing = Listing.WAITING
    errors = _problems(provider, {"name": name, "timezone": timezone, **fields})
    if errors:
        raise Invalid(**errors)
    slugs.insert(provider)
    return provider


FOLDED = {
    "name": "name_folded",
    "headline": "headline_folded",
    "bio": "about_folded",
    "location_text": "about_folded",
}


@transaction.atomic
def change_provider(provider: Provider, **fields: Any) -> Provider:
    """Change some of `PROVIDER`, and `slug`: the profile and the rules of booking.

    Raises `Invalid`.
    """
    before = locks.provider(provider.pk).slug
    errors = _problems(provider, {key: value for key, value in fields.items() if key != "slug"})
    try:
        if "slug" in fields:
            slugs.choose(provider, str(fields["slug"]), before=before)
    except Invalid as exc:
        errors |= exc.errors
    if errors:
        raise Invalid(**errors)
    folds = {FOLDED[name] for name in fields if name in FOLDED}
    provider.save(update_fields=[*fields, *folds])
    return provider


def _problems(row: User | Provider, values: dict[str, Any]) -> dict[str, str | list[str]]:
    """Set what can be set on the row; what is wrong with the rest, by field."""
    problems: dict[str, str | list[str]] = {}
    try:
        if "embed_sites" in values:
            values["embed_sites"] = sites.origins(values["embed_sites"])
    except Invalid as exc:
        return dict(exc.errors)
    try:
        assign(row, values, allowed=PROVIDER if isinstance(row, Provider) else PROFILE)
    except Invalid as exc:
        problems |= exc.errors
    if "timezone" in values and timerange.known_zone(str(values["timezone"])) is None:
        problems["timezone"] = gettext(
            "This is not the name of a time zone, such as Europe/Berlin."
        )
    if "language" in values and not LANGUAGE.fullmatch(str(values["language"])):
        problems["language"] = gettext("This is not a language tag, such as en or de-AT.")
    return problems


def _email_problems(user: User, email: str) -> dict[str, str | list[str]]:
    try:
        email = get_adapter().clean_email(email)
        assign(user, {"email": email}, allowed=("email",))
    except ValidationError as exc:
        return {"email": list(exc.messages)}
    except Invalid as exc:
        return dict(exc.errors)
    return {"email": str(TAKEN)} if is_taken(email) else {}


def _password_problems(user: User, password: str) -> dict[str, str | list[str]]:
    if len(password) > PASSWORD_MAX:
        return {
            "password": gettext("At most {password_max} characters.").format(
                password_max=PASSWORD_MAX
            )
        }
    try:
        get_adapter().clean_password(password, user)
    except ValidationError as exc:
        return {"password": list(exc.messages)}
    return {}


def _taken() -> Invalid:
    return Invalid(email=TAKEN)

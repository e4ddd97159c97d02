"""Making an administrator, with the second factor that the admin asks for."""

from __future__ import annotations

from typing import NamedTuple

from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.db import transaction

from openslot.accounts import addresses, people
from openslot.accounts.models import User
from openslot.kernel.errors import Invalid

WRONG = "These are not the digits that it shows now. Nobody was made an administrator."


class Factor(NamedTuple):
    """A second factor that is nobody's yet: what goes into the app that shows the digits."""

    secret: str
    address: str  # otpauth://…, as the QR code holds it


def factor(email: str) -> Factor:
    secret = totp.generate_totp_secret()
    user = User(email=addresses.canonical(email))
    return Factor(secret, get_adapter().build_totp_url(user, secret))


@transaction.atomic
def make(*, email: str, password: str, factor: Factor, digits: str) -> list[str]:
    """A new administrator, whose address counts as theirs; their recovery codes.

    `digits` are what the app shows, which proves that it has the factor: without it nobody gets in.
    Raises `Invalid` for them, for a taken address and a weak password.
    """
    if not totp.validate_totp_code(factor.secret, digits):
        raise Invalid(digits=WRONG)
    said = {"email": email, "password": password, "first_name": ""}
    user = people.sign_up(**said, verified=True, consent=None)
    user.is_staff = user.is_superuser = True
    user.save(update_fields=["is_staff", "is_superuser"])
    totp.TOTP.activate(user, factor.secret)
    codes: list[str] = RecoveryCodes.activate(user).generate_codes()
    return codes


def check(*, email: str, password: str) -> None:
    """Whether `make` would take them, before anything else is asked. Raises `Invalid`."""
    if people.is_taken(email):
        raise Invalid(email=people.TAKEN)
    people.check_password(password, for_=User(email=addresses.canonical(email)))


def safe() -> int:
    """How many administrators can get in: with a second factor and a verified address."""
    factors = Authenticator.objects.filter(type=Authenticator.Type.TOTP).values("user")
    shown = EmailAddress.objects.filter(verified=True).values("user")
    known = User.objects.filter(is_superuser=True, is_staff=True, is_active=True)
    return known.filter(pk__in=factors).filter(pk__in=shown).count()

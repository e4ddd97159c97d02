"""A new password by mail, for whoever reads mail to the account's address.

Asking answers the same, after the same work, whether somebody goes by the address or nobody does:
it leaves one job, which looks. The key in the mail says by which address it went, for using it
shows whose that address is.
"""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.utils.crypto import salted_hmac
from procrastinate.contrib.django import app

from openslot.accounts import addresses, claiming, people
from openslot.accounts.models import User
from openslot.kernel.keeping import sealing

RECOVER = "openslot.accounts.tasks.recover"
CODE = "openslot.accounts.tasks.mail_code"
CONTEXT = "accounts.recovery"


def ask(email: str) -> None:
    """Have the worker mail a link to the address, if somebody goes by it."""
    email = addresses.canonical(email)
    app.configure_task(RECOVER).defer(sealed=sealing.seal(email, context=CONTEXT))


def who(sealed: str) -> User | None:
    """Who may set a new password by mail to the address that was sealed by `ask`.

    Who has verified it; else whose account goes by it. An address that was only added to an account
    which goes by another opens nothing.
    """
    email = sealing.opened(sealed, context=CONTEXT)
    active = User.objects.filter(is_active=True)
    verified = EmailAddress.objects.filter(email__iexact=email, verified=True)
    owner = active.filter(pk__in=verified.values("user_id")).first()
    return owner or active.filter(email__iexact=email).first()


def sent_to(user: User, sealed: str) -> str:
    """The address as the account writes it."""
    email = sealing.opened(sealed, context=CONTEXT)
    own = EmailAddress.objects.filter(user=user, email__iexact=email).first()
    return own.email if own else user.email


def key(user: User, *, email: str) -> str:
    """The secret part of a link that was mailed to the address."""
    own = EmailAddress.objects.filter(user=user, email__iexact=email).first()
    return f"{own.pk if own else 0}.{_Tokens(email).make_token(user)}"


def address(user: User, given: str) -> str | None:
    """To which address the key was mailed; None for one that is wrong, used or too old."""
    number, _, token = given.partition(".")
    own = next(
        (one for one in EmailAddress.objects.filter(user=user) if str(one.pk) == number), None
    )
    email = own.email if own else user.email
    return email if _Tokens(email).check_token(user, token) else None


@transaction.atomic
def reset(user: User, *, email: str, password: str, consent: bool = False) -> None:
    """Set the password for whoever has shown that they read mail to the address.

    Where nobody had shown that before, all else that was put there ends too (`claiming.claim`).
    Raises `Invalid` beside `password`, and beside `consent` there; `NotAllowed`.
    """
    people.check_password(password, for_=user)
    if claiming.may_be_claimed(user, email=email):
        claiming.claim(user, email=email, password=password, consent=consent)
    else:
        user.set_password(password)
        user.save(update_fields=["password", "credentials_version"])


def code(user: User, nonce: str) -> str:
    """The six digits that are mailed to somebody without a password, to say again who they are.

    They follow from the nonce and a key of ours, so neither session nor job holds them.
    """
    digest = salted_hmac("openslot.accounts.code", f"{user.pk}:{nonce}:{user.password}")
    return f"{int(digest.hexdigest(), 16) % 10**6:06}"


class _Tokens(PasswordResetTokenGenerator):
    """Void after a sign-in, a new password, or any change of the account's addresses."""

    key_salt = "openslot.accounts.recovery"

    def __init__(self, email: str) -> None:
        super().__init__()
        self.email = addresses.canonical(email)

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        known = EmailAddress.objects.filter(user=user).order_by("pk")
        addresses = "|".join(known.values_list("email", flat=True))
        return f"{super()._make_hash_value(user, timestamp)}{self.email}|{addresses}"

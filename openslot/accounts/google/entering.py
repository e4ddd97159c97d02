"""Whose account it is that Google's word opens."""

from __future__ import annotations

from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction
from django.utils import timezone as clock
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openslot.accounts import claiming, people
from openslot.accounts.google.identity import Identity, NotBelieved
from openslot.accounts.models import User
from openslot.kernel.errors import Invalid, NotAllowed

PROVIDER = "google"
FRESH = timedelta(minutes=10)
UNVERIFIED = _(
    "Google has not verified this address. Sign in with your password, or verify the address at"
    " Google first."
)


def enter(
    identity: Identity, *, timezone: str = "UTC", language: str = "en", consent: bool = False
) -> User:
    """The account of whoever Google says this is, made where there is none.

    It is the one that this person at Google was linked to; else the one that goes by the address,
    which is linked from now on. Where nobody had shown that the address was theirs, all that was
    put into that account before ends (`claiming.claim`). `timezone`, `language` and `consent` are
    those of a new account, consent that of one which is claimed, too.

    Raises `Invalid` where consent is asked for and missing, `NotAllowed` where an account has the
    address and Google has not verified it, or where the house is closed for sign-up; `NotBelieved`
    where neither Google nor we know it, or the account has been closed.
    """
    if not identity.verified:
        taken = people.is_taken(identity.email)
        raise NotAllowed(UNVERIFIED) if taken else NotBelieved(UNVERIFIED)
    try:
        user = _entered(identity, timezone, language, consent)
    except (IntegrityError, Invalid):  # somebody came in by the same name at the same moment
        user = _entered(identity, timezone, language, consent)
    if not user.is_active:
        raise NotBelieved(gettext("This account has been closed."))
    return user


def is_fresh_word_of(user: User, identity: Identity) -> bool:
    """Whether Google has just said that this is them."""
    own = SocialAccount.objects.filter(user=user, provider=PROVIDER, uid=identity.sub)
    return clock.now() - identity.issued_at <= FRESH and own.exists()


@transaction.atomic
def _entered(identity: Identity, timezone: str, language: str, consent: bool) -> User:  # noqa: FBT001
    linked = SocialAccount.objects.filter(provider=PROVIDER, uid=identity.sub)
    user = User.objects.filter(pk__in=linked.values("user_id")).first()
    if user is not None:
        return user
    user = _known(identity, consent)
    if user is None:
        user = people.admit(
            email=identity.email,
            first_name=identity.first_name,
            last_name=identity.last_name,
            timezone=timezone,
            language=language,
            consent=consent,
        )
    SocialAccount.objects.create(
        user=user, provider=PROVIDER, uid=identity.sub, extra_data=dict(identity.claims)
    )
    return user


def _known(identity: Identity, consent: bool) -> User | None:  # noqa: FBT001
    """Who has shown that the address is theirs; else who goes by it, and has to give way."""
    verified = EmailAddress.objects.filter(email__iexact=identity.email, verified=True)
    owner = User.objects.filter(pk__in=verified.values("user_id")).first()
    user = owner or User.objects.filter(email__iexact=identity.email).first()
    if user is None or not claiming.may_be_claimed(user, email=identity.email):
        return user
    user = claiming.claim(user, email=identity.email, consent=consent)
    if not user.first_name:
        user.first_name, user.last_name = identity.first_name, identity.last_name
        user.save(update_fields=["first_name", "last_name"])
    return user

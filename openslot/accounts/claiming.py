"""Whose account it is. Anybody can sign up with anybody's address; who shows that the address is
theirs takes the account, and nothing that was put there before opens it any more.
"""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from openslot.accounts import addresses, consenting, people, photos
from openslot.accounts.models import Provider, User
from openslot.kernel import events
from openslot.kernel.errors import NotAllowed

VERIFIED = people.VERIFIED
CLAIMED = "account.claimed"


def may_be_claimed(user: User, *, email: str) -> bool:
    """Whether who reads mail to the address, and knows nothing else, may take the account.

    So it is where the account goes by this address and nobody has shown yet that it is theirs.
    A further address that was only added gives no such right.
    """
    own = addresses.canonical(user.email) == addresses.canonical(email)
    return own and not _verified_by(user, email)


@transaction.atomic
def claim(user: User, *, email: str, password: str | None = None, consent: bool = False) -> User:
    """Give the account to whoever has just shown that its address is theirs.

    Where `may_be_claimed`, everything that came before ends: the password (with it sessions, tokens
    and the feed), second factors, connected accounts, all other addresses; names, telephone and
    picture are emptied, a public page is taken off the lists. The address counts as verified. The
    `password` is the new one; without it there is none. "account.claimed" is announced, for what
    the floors above keep. An address that was verified before leaves all as it is. What an
    operator gave (`is_staff`) is no stranger's, and stays. Nor is what was agreed to there their
    word: they are asked for their own `consent`, as with a new account.

    Raises `NotAllowed` where the account does not go by the address or another has verified it, and
    `Invalid` beside `password` and `consent`.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if _verified_by(user, email):
        return user
    if not may_be_claimed(user, email=email) or people.is_verified_elsewhere(user, email=email):
        raise NotAllowed
    if password is not None:
        people.check_password(password, for_=user)
    user.set_password(password)
    if not user.is_staff:
        consenting.check(consent)
        _empty(user)
    if consent:
        consenting.keep(user=user)
    user.save()
    address = _verified(user)
    events.announce(CLAIMED, user_id=str(user.pk))
    events.announce(VERIFIED, address_id=address.pk)
    return user


def _verified_by(user: User, email: str) -> bool:
    own = EmailAddress.objects.filter(user=user, email__iexact=email, verified=True)
    return bool(own.exists())


def _empty(user: User) -> None:
    user.consents.all().delete()
    Authenticator.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).exclude(email__iexact=user.email).delete()
    photos.remove(user)
    user.first_name = user.last_name = user.phone = ""
    for provider in Provider.objects.filter(user=user):
        photos.remove(provider)
        people.change_provider(provider, active=False, headline="", bio="", location_text="")


def _verified(user: User) -> EmailAddress:
    EmailAddress.objects.filter(user=user).update(primary=False)
    address, _ = EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    return address

"""Somebody reads the mail of an address and says that they know nothing of the account."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from openslot.accounts import claiming
from openslot.accounts.models import Customer, Provider, User
from openslot.kernel.errors import NotAllowed
from openslot.privacy import erasure

IN_USE = _(
    "Appointments were made with this account. Choose a password for it instead: whoever made it is"
    " locked out, and you can erase it."
)


def disown(address: EmailAddress) -> None:
    """Take an address that nobody has verified away from the account that names it.

    An account that goes by it is removed, if it never showed any address to be its own and has
    nothing of its own. Raises `NotAllowed` where there is more to lose.
    """
    user = address.user
    if address.verified or user.is_staff:
        raise NotAllowed
    if not claiming.may_be_claimed(user, email=address.email):
        address.delete()
    elif EmailAddress.objects.filter(user=user, verified=True).exists():
        _go_by_another(user, address)
    elif _is_in_use(user):
        raise NotAllowed(IN_USE)
    else:
        erasure.erase(user)


def _is_in_use(user: User) -> bool:
    return (
        Customer.objects.filter(user=user).exists() or Provider.objects.filter(user=user).exists()
    )


@transaction.atomic
def _go_by_another(user: User, address: EmailAddress) -> None:
    address.delete()
    EmailAddress.objects.filter(user=user, verified=True).order_by("pk")[0].set_as_primary()

"""A verified address gets the appointments that providers made for it.

Until then they show the name that the provider gave, and belong to nobody's account.
"""

from __future__ import annotations

from django.db import transaction

from openslot.accounts import locks
from openslot.accounts.models import Customer, CustomerQuerySet, User
from openslot.appointments.guests import joining


def join(user: User, *, email: str) -> int:
    """Give the account every guest's appointments of the address; how many.

    One that meets another appointment of the same person joins all the same, and takes nobody's own
    time: its provider does not learn of the other. Who books at their own practice stays a guest
    there. Safe to run twice. It raises the versions and writes no move: nothing about an
    appointment changes but whose own time it takes, and its history should not say when somebody
    verified an address.
    """
    count = None
    while count is None:  # another provider booked them while we were queueing: queue there too
        count = _joined(user, email=email)
    return count


@transaction.atomic
def _joined(user: User, *, email: str) -> int | None:
    guests = _guests(user, email=email)
    locked = locks.providers(guests.values_list("provider_id", flat=True))
    if not locks.users([user.pk]):
        return 0  # erased, while we were queueing
    known = list(guests.order_by("pk"))
    if not {guest.provider_id for guest in known} <= set(locked):
        transaction.set_rollback(True)  # lets the locks go
        return None
    return sum(joining.joined(guest, user) for guest in known)


def _guests(user: User, *, email: str) -> CustomerQuerySet:
    guests = Customer.objects.filter(user__isnull=True, email__iexact=email)
    return guests.exclude(email="").exclude(provider__user=user)

"""A verified address gets the appointments that providers made for it.

Until then they show the name that the provider gave, and belong to nobody's account.
"""

from __future__ import annotations

from django.db import transaction

from openslot.accounts import locks
from openslot.accounts.models import Customer, User
from openslot.appointments.guests import joining


@transaction.atomic
def join(user: User, *, email: str) -> int:
    """Give the account every guest's appointments of the address; how many.

    One that meets another appointment of the same person joins all the same, and takes nobody's own
    time: its provider does not learn of the other. Who books at their own practice stays a guest
    there. Safe to run twice. It raises the versions and writes no move: nothing about an
    appointment changes but whose own time it takes, and its history should not say when somebody
    verified an address.
    """
    waiting = Customer.objects.filter(user__isnull=True, email__iexact=email)
    waiting = waiting.exclude(email="").exclude(provider__user=user)
    locks.providers(waiting.values_list("provider_id", flat=True))
    locks.users([user.pk])
    return sum(joining.joined(guest, user) for guest in waiting.order_by("pk"))

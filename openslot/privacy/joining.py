"""A verified address gets the appointments that providers made for it.

Until then they show the name that the provider gave, and belong to nobody's account.
"""

from __future__ import annotations

from django.db import transaction

from openslot.accounts import locks
from openslot.accounts.models import Customer, User
from openslot.appointments.models import Appointment
from openslot.kernel import privacy


@transaction.atomic
def join(user: User, *, email: str) -> int:
    """Give the account every guest's appointments of the address; how many.

    One that meets another appointment of the same person joins all the same, for its provider to
    look at (`needs_attention`). Who books at their own practice stays a guest there. Safe to run
    twice. It raises the versions and writes no move: nothing about an appointment changes but whose
    own time it takes, and its history should not say when somebody verified an address.
    """
    waiting = Customer.objects.filter(user__isnull=True, email__iexact=email)
    waiting = waiting.exclude(email="").exclude(provider__user=user)
    locks.providers(waiting.values_list("provider_id", flat=True))
    locks.users([user.pk])
    return sum(_joined(guest, user) for guest in waiting.order_by("pk"))


def _joined(guest: Customer, user: User) -> int:
    customer = Customer.objects.filter(provider=guest.provider_id, user=user).first() or guest
    count = Appointment.objects.filter(customer=guest).count()
    for part in privacy.parts():
        part.join(guest, customer, user)
    return count

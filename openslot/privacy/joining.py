"""A verified address gets the appointments that providers made for it.

Until then they show the name that the provider gave, and belong to nobody's account.
"""

from __future__ import annotations

from django.db import transaction

from openslot.accounts import locks
from openslot.accounts.models import Customer, User
from openslot.appointments import errors, ledger
from openslot.appointments.models import ACTIVE, Appointment, AppointmentQuerySet, Series


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
    known = Customer.objects.filter(provider=guest.provider_id, user=user).first()
    customer = known or guest
    theirs = list(Appointment.objects.filter(customer=guest).values_list("pk", "status"))
    for pk, status in theirs:
        _attend(Appointment.objects.filter(pk=pk), user, customer, active=status in ACTIVE)
    if known is None:
        guest.user = user
        guest.save(update_fields=["user"])
    else:
        _merge(guest, into=known)
    return len(theirs)


def _attend(one: AppointmentQuerySet, user: User, customer: Customer, *, active: bool) -> None:
    try:
        ledger.amend(one, customer=customer, attendee=user)
    except errors.CustomerBusy:
        ledger.amend(one, customer=customer, needs_attention=active)


def _merge(guest: Customer, *, into: Customer) -> None:
    Series.objects.filter(customer=guest).update(customer=into)
    notes = "\n\n".join(text for text in (into.notes, guest.notes) if text)
    into.notes = notes[: Customer._meta.get_field("notes").max_length]
    into.blocked = into.blocked or guest.blocked
    into.save(update_fields=["notes", "blocked"])
    guest.delete()

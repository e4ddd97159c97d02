"""A verified address gets the appointments that providers made for it.

Until then they show the name that the provider gave, and belong to nobody's account.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, QuerySet

from openslot.accounts.models import Customer, User
from openslot.appointments import errors, ledger
from openslot.appointments.models import ACTIVE, Appointment, Series
from openslot.kernel.db import explaining


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
    ledger.lock_providers(waiting.values_list("provider_id", flat=True))
    ledger.lock_users([user.pk])
    return sum(_joined(guest, user) for guest in waiting.order_by("pk"))


def _joined(guest: Customer, user: User) -> int:
    known = Customer.objects.filter(provider=guest.provider_id, user=user).first()
    guests = list(Appointment.objects.filter(customer=guest).values_list("pk", "status"))
    if known is None:
        guest.user = user
        guest.save(update_fields=["user"])
    else:
        _merge(guest, into=known)
    for pk, status in guests:
        _attend(Appointment.objects.filter(pk=pk), user, active=status in ACTIVE)
    return len(guests)


def _merge(guest: Customer, *, into: Customer) -> None:
    Appointment.objects.filter(customer=guest).update(customer=into)
    Series.objects.filter(customer=guest).update(customer=into)
    notes = "\n\n".join(text for text in (into.notes, guest.notes) if text)
    into.notes = notes[: Customer._meta.get_field("notes").max_length]
    into.blocked = into.blocked or guest.blocked
    into.save(update_fields=["notes", "blocked"])
    guest.delete()


def _attend(one: QuerySet[Appointment], user: User, *, active: bool) -> None:
    try:
        with explaining(ledger.CONSTRAINTS):
            one.update(attendee=user, version=F("version") + 1)
    except errors.CustomerBusy:
        one.update(needs_attention=active, version=F("version") + 1)

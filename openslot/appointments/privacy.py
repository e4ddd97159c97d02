"""What appointments keep about people: see kernel/privacy.py.

Appointments of the past keep time, service and price. What is to come is cancelled before anybody
is forgotten (openslot/privacy/erasure.py).
"""

from __future__ import annotations

from typing import Any

from openslot.accounts.models import Customer, Provider, User
from openslot.appointments import errors, ledger
from openslot.appointments.models import (
    ACTIVE,
    Act,
    Appointment,
    AppointmentQuerySet,
    Move,
    Series,
)
from openslot.kernel import privacy


def export(user: User) -> dict[str, Any]:
    series = Series.objects.filter(customer__user=user)
    acts = Act.objects.filter(actor=user).order_by("at")
    return _history(Appointment.objects.as_customer(user)) | {
        "series": privacy.rows(series),
        "acts": privacy.rows(acts),
    }


def export_provider(provider: Provider) -> dict[str, Any]:
    series = Series.objects.filter(provider=provider)
    return _history(Appointment.objects.filter(provider=provider)) | {
        "series": privacy.rows(series)
    }


def _history(found: AppointmentQuerySet) -> dict[str, Any]:
    return {
        "appointments": privacy.rows(found, without={"held"}),
        "history": privacy.rows(Move.objects.filter(appointment__in=found)),
    }


def forget_provider(provider: Provider) -> None:
    ledger.amend(Appointment.objects.filter(provider=provider), location_text="")


def forget(user: User) -> None:
    mine = Appointment.objects.filter(customer__user=user)
    ledger.amend(mine, notes="", attendee=None)
    Act.objects.filter(actor=user).update(reason="")


def join(guest: Customer, customer: Customer, user: User) -> None:
    """Give the user the guest's appointments, each in a write of its own."""
    theirs = list(Appointment.objects.filter(customer=guest).values_list("pk", "status"))
    for pk, status in theirs:
        _attend(Appointment.objects.filter(pk=pk), user, customer, active=status in ACTIVE)
    Series.objects.filter(customer=guest).update(customer=customer)


def _attend(one: AppointmentQuerySet, user: User, customer: Customer, *, active: bool) -> None:
    try:
        ledger.amend(one, customer=customer, attendee=user)
    except errors.CustomerBusy:
        ledger.amend(one, customer=customer, needs_attention=active)


PART = privacy.Part(
    models=[model._meta.label for model in (Appointment, Series, Act, Move)],
    export=export,
    export_provider=export_provider,
    forget_provider=forget_provider,
    forget=forget,
    join=join,
)

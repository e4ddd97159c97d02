"""What appointments keep about people: see kernel/privacy.py.

Appointments of the past keep time, service and price. What is to come is cancelled before anybody
is forgotten (openslot/privacy/erasure.py).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from openslot.accounts.models import Customer, LocationKind, Provider, User
from openslot.appointments import errors, ledger
from openslot.appointments.guests import joining
from openslot.appointments.models import (
    Act,
    Appointment,
    AppointmentQuerySet,
    Hold,
    Move,
    Role,
    Series,
)
from openslot.kernel import privacy
from openslot.kernel.keeping import idempotency

INNER = {"held", "uninvited"}  # how we work, and nothing about anybody


def export(user: User) -> dict[str, Any]:
    series = Series.objects.filter(customer__user=user)
    acts = Act.objects.filter(actor=user).order_by("at")
    invited = Appointment.objects.filter(customer__in=joining.waiting(user).values("pk"))
    return _history(Appointment.objects.as_customer(user)) | {
        "invitations": privacy.rows(invited, without=INNER),
        "series": privacy.rows(series),
        "acts": privacy.rows(acts),
    }


def export_provider(provider: Provider) -> dict[str, Any]:
    series = Series.objects.filter(provider=provider)
    mine = Appointment.objects.filter(provider=provider)
    # Whose own time one takes would say when a customer is elsewhere.
    return _history(mine, without=INNER | {"attendee_id"}) | {"series": privacy.rows(series)}


def _history(rows: AppointmentQuerySet, *, without: Collection[str] = INNER) -> dict[str, Any]:
    return {
        "appointments": privacy.rows(rows, without=without),
        "history": privacy.rows(Move.objects.filter(appointment__in=rows)),
    }


def forget_provider(provider: Provider) -> None:
    theirs = Appointment.objects.filter(provider=provider)
    ledger.amend(theirs, location_text="", booked_as="")
    ledger.forget_places(theirs)
    Series.objects.filter(provider=provider).update(booked_as="")


def forget(user: User) -> None:
    mine = Appointment.objects.filter(customer__user=user)
    ledger.amend(mine, notes="", booked_as="", answers=[], attendee=None)
    ledger.forget_places(mine)
    Series.objects.filter(customer__user=user).update(booked_as="")
    Act.objects.filter(actor=user).update(reason="")
    Hold.objects.filter(owner=idempotency.owner_of(user.pk)).delete()


def forget_old(appointments: Collection[UUID]) -> None:
    """The words go; when it was, what it was, its price and what became of it stay."""
    old = Appointment.objects.filter(pk__in=appointments)
    ledger.amend(old, notes="", booked_as="", answers=[])
    ledger.forget_places(old)
    ledger.amend(old.filter(location_kind=LocationKind.CUSTOMER), location_text="")
    Act.objects.filter(moves__appointment__in=appointments).exclude(reason="").update(reason="")


def forget_customers(customers: Collection[UUID]) -> None:
    """Nothing leads from what they had booked to their accounts any more."""
    theirs = Appointment.objects.filter(customer__in=customers)
    ledger.amend(theirs.exclude(attendee=None), attendee=None)
    Series.objects.filter(customer__in=customers).update(booked_as="")
    acts = Act.objects.filter(moves__appointment__customer__in=customers, role=Role.CUSTOMER)
    acts.exclude(actor=None).update(actor=None)


def join(guest: Customer, customer: Customer, user: User | None) -> None:
    """Give the user the guest's appointments, each in a write of its own.

    Without a user it is another guest, the same person, who gets them.
    """
    for pk in list(Appointment.objects.filter(customer=guest).values_list("pk", flat=True)):
        _attend(Appointment.objects.filter(pk=pk), user, customer)
    Series.objects.filter(customer=guest).update(customer=customer)


def _attend(one: AppointmentQuerySet, user: User | None, customer: Customer) -> None:
    """One that meets another of the same person takes nobody's own time; they see both."""
    try:
        ledger.amend(one, customer=customer, attendee=user)
    except errors.CustomerBusy:
        ledger.amend(one, customer=customer)


PART = privacy.Part(
    models=[model._meta.label for model in (Appointment, Series, Act, Move, Hold)],
    export=export,
    export_provider=export_provider,
    forget_provider=forget_provider,
    forget=forget,
    forget_old=forget_old,
    forget_customers=forget_customers,
    join=join,
)

"""What was long ago loses what it says of people: RETENTION_DAYS.

Appointments that ended so long ago keep time, service, price, place and outcome, and so every
figure of an analysis; notes, answers, names and reasons go. Who has no appointment since is a
customer without a name, whose account (if there is one) leads there no more. What is not over is
left alone: an appointment that somebody still has to answer or complete, every date of a series
that goes on, and a customer whom the provider blocked, or nothing would keep them out any more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from procrastinate.types import JSONValue

from openslot.accounts import locks
from openslot.accounts.models import Customer, CustomerQuerySet, LocationKind
from openslot.appointments.models import ACTIVE, Act, Appointment, AppointmentQuerySet, Move
from openslot.kernel import events, privacy

BATCH = 100  # rows of one transaction: whoever books with the provider waits for no more


class Old(NamedTuple):
    appointments: int
    customers: int


def count(*, days: int, now: datetime) -> Old:
    """How many there are to forget; nothing is changed."""
    before = now - timedelta(days=days)
    return Old(_appointments(before).count(), _customers(before).count())


def forget(*, days: int, now: datetime) -> Old:
    """Forget them, in short transactions behind each provider's lock. Safe to break off."""
    before = now - timedelta(days=days)
    done = [0, 0]
    for provider in _providers(before):
        while many := _forget_appointments(provider, before):
            done[0] += many
        while many := _forget_customers(provider, before):
            done[1] += many
    return Old(*done)


def _providers(before: datetime) -> Iterator[UUID]:
    rows = (_appointments(before), _customers(before))
    found = {pk for some in rows for pk in some.order_by().values_list("provider", flat=True)}
    yield from sorted(found)


@transaction.atomic
def _forget_appointments(provider: UUID, before: datetime) -> int:
    locks.providers([provider])
    old = _appointments(before).filter(provider=provider).order_by("pk")
    batch = list(old.values_list("pk", flat=True)[:BATCH])
    for part in privacy.parts() if batch else ():
        part.forget_old(batch)
    return len(batch)


@transaction.atomic
def _forget_customers(provider: UUID, before: datetime) -> int:
    locks.providers([provider])  # nobody books meanwhile, and so none of them comes back
    gone = _customers(before).filter(provider=provider).order_by("pk")
    batch = list(gone.values_list("pk", flat=True)[:BATCH])
    if batch:
        _part_with(batch)
    return len(batch)


def _part_with(customers: Collection[UUID]) -> None:
    for part in privacy.parts():
        part.forget_customers(customers)
    ids: list[JSONValue] = [str(pk) for pk in customers]
    events.announce("account.erased", customers=ids, providers=[])


def _appointments(before: datetime) -> AppointmentQuerySet:
    """Those of before that say something of somebody still."""
    siblings = Appointment.objects.filter(series=OuterRef("series"))
    # The reason of an act goes with the first of its appointments.
    reasons = Act.objects.filter(moves__appointment=OuterRef("pk")).exclude(reason="")
    places = Move.objects.filter(appointment=OuterRef("pk"), changes__has_key="place")
    says = (
        ~Q(notes="")
        | ~Q(answers=[])
        | ~Q(booked_as="")
        | Q(location_kind=LocationKind.CUSTOMER) & ~Q(location_text="")
        | Exists(reasons)
        | Exists(places)
    )
    over = Appointment.objects.filter(end__lt=before).exclude(status__in=ACTIVE)
    return over.exclude(Exists(siblings.filter(_lasts(before)))).filter(says)


def _customers(before: datetime) -> CustomerQuerySet:
    """Those of whom something is known still, and who had nothing since."""
    theirs = Appointment.objects.filter(customer=OuterRef("pk"))
    known = (
        Q(user__isnull=False) | ~Q(email="") | ~Q(first_name="") | ~Q(last_name="") | ~Q(phone="")
    )
    old = Customer.objects.filter(known | ~Q(notes=""), created_at__lt=before, blocked=False)
    return old.exclude(Exists(theirs.filter(_lasts(before))))


def _lasts(before: datetime) -> Q:
    return Q(end__gte=before) | Q(status__in=ACTIVE)

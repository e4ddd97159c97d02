"""A provider's appointments as a list, narrowed by dates, status, service and words."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from openslot.accounts.models import Provider
from openslot.appointments.desk import customers
from openslot.appointments.models import Appointment, AppointmentQuerySet
from openslot.kernel import timerange
from openslot.kernel.rows.composed import Composed

WORDS = 5  # of a search


def listed(
    provider: Provider,
    *,
    first: date | None = None,
    last: date | None = None,
    status: str = "",
    service: UUID | None = None,
    search: str = "",
) -> AppointmentQuerySet:
    """Those that begin on the dates from `first` to `last` by the provider's clock, soonest first;
    without a first date all of them, latest first. Each word of `search` stands in the customer's
    name or address, or in the service's name.
    """
    rows = Appointment.objects.filter(provider=provider).with_people()
    if first is not None:
        rows = rows.filter(start__gte=timerange.day_span(first, provider.zone).start)
    if last is not None:
        rows = rows.filter(start__lt=timerange.day_span(last, provider.zone).end)
    if status:
        rows = rows.filter(status=status)
    if service is not None:
        rows = rows.filter(service=service)
    for word in search.split()[:WORDS]:
        rows = rows.filter(_about(word))
    return rows.by_start() if first else rows.order_by("-start", "-id")


def coming(provider: Provider, *, first: date, part: slice) -> list[Appointment]:
    """A part of what `listed` gives from a date on."""
    since = timerange.day_span(first, provider.zone).start
    return COMING.all(part.start, part.stop, provider=provider.pk, since=since)


COMING = Composed(
    lambda begin, end, provider, since: (
        Appointment.objects.filter(provider=provider, start__gte=since)
        .with_people()
        .by_start()[begin:end]
    ),
    provider=UUID,
    since=datetime,
)


def _about(word: str) -> Q:
    called = Q(customer__user=None, booked_as__icontains=word)
    sold = Q(service__name__icontains=word)
    return customers.named(word, of="customer__") | called | sold

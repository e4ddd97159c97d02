"""What services look for, and which hours their providers have for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from openslot.accounts.models import Provider
from openslot.appointments.free import free_time, window
from openslot.appointments.free.free_time import MICROSECOND
from openslot.appointments.free.grid import Wish
from openslot.appointments.models import Appointment
from openslot.availability import hours
from openslot.availability.hours import Hours
from openslot.catalog.models import Service
from openslot.kernel import timerange
from openslot.kernel.timerange import Span


def offered(service: Service, provider: Provider) -> bool:
    return service.active and service.removed_at is None and provider.active


def of_services(
    services: Iterable[Service],
    *,
    within: Span,
    now: datetime,
    instead_of: Appointment | None = None,
) -> Iterator[Wish]:
    """What these services look for inside `within`; without any time to start, nothing."""
    for service in services:
        if not offered(service, service.provider):
            continue
        allowed = window.window(service.provider, now)
        starts = Span(max(within.start, allowed.start), min(within.end, allowed.end))
        if starts.start < starts.end:
            agreed = instead_of or service
            before, after = agreed.buffers
            yield Wish(service, service.provider, agreed.duration, before, after, starts)


def hours_of(wishes: Sequence[Wish]) -> Mapping[UUID, Hours]:
    """What the wishes' providers have written down; two queries."""
    if not wishes:
        return {}
    dates = [hours.dates_around(wish.frame, wish.provider.zone) for wish in wishes]
    return hours.loaded(
        [wish.provider for wish in wishes],
        first=min(first for first, _ in dates),
        last=max(last for _, last in dates),
    )


def open_spans(wish: Wish, known: Mapping[UUID, Hours]) -> list[Span]:
    week, special = known[wish.provider.pk]
    first, last = hours.dates_around(wish.frame, wish.provider.zone)
    return hours.open_spans(week, special, zone=wish.provider.zone, first=first, last=last)


def candidate(wish: Wish, spans: Sequence[Span]) -> free_time.Candidate:
    counted = None
    if wish.provider.daily_limit is not None:
        zone = wish.provider.zone
        first = wish.starts.start.astimezone(zone).date()
        last = (wish.starts.end - MICROSECOND).astimezone(zone).date()
        counted = Span(timerange.day_span(first, zone).start, timerange.day_span(last, zone).end)
    return free_time.Candidate(wish.provider, wish.before, wish.after, spans, wish.frame, counted)

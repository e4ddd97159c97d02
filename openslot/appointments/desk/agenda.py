"""A provider's days as they stand: what is booked, when they are away, and the gaps between.

For the provider's own eyes. What customers may book is said by slots.py alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from openslot.accounts.models import Provider
from openslot.appointments.models import DROPPED, Appointment
from openslot.availability import hours
from openslot.availability.models import Busy, TimeOff, TimeOffSpan
from openslot.kernel import timerange
from openslot.kernel.rows.composed import Composed
from openslot.kernel.timerange import Span

SHORTEST_GAP = timedelta(minutes=5)

ABOUT = Composed(
    lambda provider, start, end: (
        Appointment.objects.filter(provider=provider)
        .touching(Span(start, end))
        .with_people()
        .by_start()
    ),
    provider=UUID,
    start=datetime,
    end=datetime,
)
OFF = Composed(
    lambda provider, start, end: TimeOffSpan.objects.filter(
        provider=provider, start__lt=end, end__gt=start
    ).select_related("time_off"),
    provider=UUID,
    start=datetime,
    end=datetime,
)
BUSY: Composed[Any] = Composed(
    lambda provider, start, end: Busy.objects.filter(
        provider=provider, start__lt=end, end__gt=start
    ).values_list("start", "end"),
    provider=UUID,
    start=datetime,
    end=datetime,
)


@dataclass(frozen=True, slots=True)
class Away:
    """Time off, or busy in another calendar."""

    span: Span
    reason: str
    time_off: TimeOff | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What there is between two instants, uncut."""

    open: list[Span]  # hours that touch are one span
    away: list[Away]  # by start
    about: list[Appointment]  # by start, in whatever status; or whose proposed time lies here


@dataclass(frozen=True, slots=True)
class Day:
    """One date of a zone; every span is cut to it, the appointments are not."""

    date: date
    span: Span
    open: list[Span]
    away: list[Away]
    gaps: list[Span]
    booked: list[Appointment]  # by start
    proposed: list[Appointment]  # whose proposed time lies here, by that time
    dropped: list[Appointment]  # declined, cancelled, expired


def days(
    provider: Provider, *, first: date, last: date, zone: ZoneInfo, now: datetime
) -> list[Day]:
    """Every date from `first` to `last` of `zone`, in order.

    A gap is time inside the hours that nothing takes, buffers included, from `now` on. At most
    five queries, whatever the number of days.
    """
    whole = Span(timerange.day_span(first, zone).start, timerange.day_span(last, zone).end)
    there = standing(provider, span=whole)
    return [_day(day, zone=zone, now=now, there=there) for day in timerange.days(first, last)]


def standing(provider: Provider, *, span: Span) -> Standing:
    """The hours, absences and appointments that touch the span; at most five queries."""
    return Standing(
        open=timerange.merged(_hours(provider, span)),
        away=_away(provider, span),
        about=ABOUT.all(provider=provider.pk, start=span.start, end=span.end),
    )


@dataclass(frozen=True, slots=True)
class Unwilling:
    """What a provider has said of a time that speaks against it; nothing of it binds them."""

    outside: bool  # some of it lies outside the hours
    away: list[Away]

    def __bool__(self) -> bool:
        return self.outside or bool(self.away)


def unwilling(provider: Provider, *, spans: Sequence[Span]) -> list[Unwilling]:
    """Whether each time lies outside the provider's hours, or in their time off; four queries,
    however many there are.
    """
    if not spans:
        return []
    whole = Span(min(span.start for span in spans), max(span.end for span in spans))
    open_spans, away = timerange.merged(_hours(provider, whole)), _away(provider, whole)
    return [
        Unwilling(
            outside=not any(part.contains(span) for part in open_spans),
            away=[each for each in away if each.span.overlaps(span)],
        )
        for span in spans
    ]


def _day(day: date, *, zone: ZoneInfo, now: datetime, there: Standing) -> Day:
    span = timerange.day_span(day, zone)
    here = [item for item in there.about if item.span.overlaps(span)]
    booked = [item for item in here if item.status not in DROPPED]
    proposed = [item for item in there.about if item.proposed and item.proposed.overlaps(span)]
    off = [Away(cut, item.reason) for item in there.away if (cut := _cut(item.span, span))]
    open_spans = [cut for part in there.open if (cut := _cut(part, span))]
    taken = [part for item in [*booked, *proposed] for part in (*item.held, item.span)]
    off_spans = [item.span for item in off]
    free = timerange.without(open_spans, [*taken, *off_spans, Span(span.start, now)])
    return Day(
        date=day,
        span=span,
        open=open_spans,
        away=off,
        gaps=[gap for gap in free if gap.end - gap.start >= SHORTEST_GAP],
        booked=booked,
        proposed=sorted(proposed, key=lambda item: item.proposed or item.span),
        dropped=[item for item in here if item.status in DROPPED],
    )


def _hours(provider: Provider, span: Span) -> list[Span]:
    first, last = hours.dates_around(span, provider.zone)
    week, special = hours.loaded([provider], first=first, last=last)[provider.pk]
    return hours.open_spans(week, special, zone=provider.zone, first=first, last=last)


def _away(provider: Provider, span: Span) -> list[Away]:
    inside = {"provider": provider.pk, "start": span.start, "end": span.end}
    off = [
        Away(Span(item.start, item.end), item.time_off.reason or gettext("Time off"), item.time_off)
        for item in OFF.all(**inside)
    ]
    busy = [
        Away(part, gettext("Busy elsewhere"))
        for part in timerange.merged(Span(*ends) for ends in BUSY.rows(**inside))
    ]
    return sorted([*off, *busy], key=lambda item: item.span)


def _cut(span: Span, to: Span) -> Span | None:
    return Span(max(span.start, to.start), min(span.end, to.end)) if span.overlaps(to) else None

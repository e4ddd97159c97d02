"""A provider's figures for some dates: the one answer that page, API and CSV show.

An appointment counts on the date of its start in the provider's zone; confirmed, completed and
missed ones count. Rates are rounded half up to four decimals.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone
from moneyed import Money

from openslot.accounts.models import Customer, Provider
from openslot.analytics import booked, periods, wall
from openslot.analytics.booked import COUNTED, Row, Share
from openslot.analytics.periods import Interval, Period
from openslot.appointments.models import Status
from openslot.availability import standing
from openslot.catalog.models import Service
from openslot.kernel import timerange
from openslot.kernel.timerange import Span

MOST_CUSTOMERS = 20
Seconds = Sequence[tuple[int, int]]  # spans in order, in seconds since 1970
FOUR_DECIMALS = Decimal("0.0001")


class Totals(NamedTuple):
    """The figures of a period.

    Money is one sum for each currency; a rate is None where its divisor is 0.
    """

    appointments: int
    by_status: dict[str, int]
    customers: int
    new_customers: int
    revenue: list[Money]
    expected: list[Money]
    missed: list[Money]
    booked_minutes: int
    offered_minutes: int
    utilisation: Decimal | None
    cancellation_rate: Decimal | None
    no_show_rate: Decimal | None


class Piece(NamedTuple):
    """An interval of the period; `start` and `end` are dates, both included."""

    start: date
    end: date
    appointments: int
    revenue: list[Money]
    booked_minutes: int
    offered_minutes: int
    utilisation: Decimal | None


class Sold(NamedTuple):
    service: Service
    appointments: int
    revenue: list[Money]
    booked_minutes: int


class Visitor(NamedTuple):
    customer: Customer
    appointments: int
    revenue: list[Money]
    last_visit: datetime


class Hour(NamedTuple):
    """An hour of the week on the wall, Monday is 1, and the minutes booked in it."""

    weekday: int
    hour: int
    minutes: int


@dataclass(frozen=True)
class Report:
    period: Period
    interval: Interval
    zone: ZoneInfo
    totals: Totals
    previous: Totals
    intervals: list[Piece]
    services: list[Sold]
    customers: list[Visitor]
    busiest: list[Hour]


def report(
    provider: Provider, *, first: date, last: date, interval: Interval | None = None
) -> Report:
    """The figures from `first` to `last`, and of as many days right before.

    Raises `Invalid` beside `from` or `to`. Past days count with the hours, special days and time
    off that stood when they ended. At most fourteen queries, whatever the dates.
    """
    period = periods.period(first, last)
    chosen = interval or periods.usual(period)
    facts = _facts(provider, period, chosen, now=timezone.now())
    here = facts.spans_of(period)
    span = _span(period, provider.zone)
    clock = wall.WallClock(provider.zone, Span(span.start, span.end + timerange.DAY))
    return Report(
        period=period,
        interval=chosen,
        zone=provider.zone,
        totals=_totals(provider, facts, period, facts.rows_from(2)),
        previous=_totals(provider, facts, period.before, facts.rows_in(1)),
        intervals=[_piece(facts, piece, n) for n, piece in enumerate(facts.pieces, start=2)],
        services=_services(booked.shares(provider, span, of="service")),
        customers=_customers(booked.shares(provider, span, of="customer")),
        busiest=[Hour(*each) for each in wall.busiest(clock, here)],
    )


@dataclass(frozen=True)
class _Facts:
    """What the database says of the period and the one before; bucket 1 is the one before."""

    zone: ZoneInfo
    pieces: list[Period]
    rows: list[Row]
    spans: Seconds
    offered: Mapping[date, list[Span]]

    def rows_in(self, bucket: int) -> list[Row]:
        return [row for row in self.rows if row.bucket == bucket]

    def rows_from(self, bucket: int) -> list[Row]:
        return [row for row in self.rows if row.bucket >= bucket]

    def spans_of(self, period: Period) -> Seconds:
        bounds = _span(period, self.zone)
        low, high = (bisect_left(self.spans, (int(each.timestamp()),)) for each in bounds)
        return self.spans[low:high]

    def offered_in(self, period: Period) -> list[Span]:
        dates = timerange.days(period.start, period.end)
        return timerange.merged(span for day in dates for span in self.offered[day])


def _facts(provider: Provider, period: Period, interval: Interval, *, now: datetime) -> _Facts:
    pieces, before = periods.cut(period, interval), period.before
    starts = [before.start, *(piece.start for piece in pieces), period.end + timerange.DAY]
    bounds = [timerange.day_span(day, provider.zone).start for day in starts]
    return _Facts(
        zone=provider.zone,
        pieces=pieces,
        rows=booked.rows(provider, bounds),
        spans=booked.spans(provider, Span(bounds[0], bounds[-1])),
        offered=standing.offered(provider, first=before.start, last=period.end, now=now),
    )


def _totals(provider: Provider, facts: _Facts, period: Period, rows: Iterable[Row]) -> Totals:
    rows = list(rows)
    by_status = {
        status.value: sum(row.number for row in rows if row.status == status) for status in Status
    }
    kept = sum(by_status[status] for status in COUNTED)
    came, missed = by_status[Status.COMPLETED], by_status[Status.NO_SHOW]
    cancelled = by_status[Status.CANCELLED]
    customers, new_customers = booked.customers(provider, _span(period, facts.zone))
    offered = facts.offered_in(period)
    return Totals(
        appointments=kept,
        by_status=by_status,
        customers=customers,
        new_customers=new_customers,
        revenue=_money(rows, Status.COMPLETED),
        expected=_money(rows, Status.CONFIRMED),
        missed=_money(rows, Status.NO_SHOW),
        booked_minutes=_minutes(rows),
        offered_minutes=standing.minutes(offered),
        utilisation=_utilisation(facts.spans_of(period), offered),
        cancellation_rate=_rate(cancelled, cancelled + kept),
        no_show_rate=_rate(missed, came + missed),
    )


def _piece(facts: _Facts, piece: Period, bucket: int) -> Piece:
    rows, offered = facts.rows_in(bucket), facts.offered_in(piece)
    return Piece(
        start=piece.start,
        end=piece.end,
        appointments=sum(row.number for row in rows if row.status in COUNTED),
        revenue=_money(rows, Status.COMPLETED),
        booked_minutes=_minutes(rows),
        offered_minutes=standing.minutes(offered),
        utilisation=_utilisation(facts.spans_of(piece), offered),
    )


def _services(shares: Mapping[UUID, Share]) -> list[Sold]:
    rows = [
        Sold(service, share.appointments, share.revenue, share.seconds // 60)
        for service in Service.objects.filter(pk__in=shares)
        for share in [shares[service.pk]]
    ]
    return sorted(rows, key=lambda row: (-row.appointments, row.service.name, str(row.service.pk)))


def _customers(shares: Mapping[UUID, Share]) -> list[Visitor]:
    """Those with the most appointments; of as many, the first by name."""
    counts = sorted((share.appointments for share in shares.values()), reverse=True)
    least = counts[min(MOST_CUSTOMERS, len(counts)) - 1] if counts else 0
    wanted = [pk for pk, share in shares.items() if share.appointments >= least]
    rows = [
        Visitor(customer, share.appointments, share.revenue, share.last)
        for customer in Customer.objects.filter(pk__in=wanted).select_related("user")
        for share in [shares[customer.pk]]
    ]
    rows.sort(key=lambda row: (-row.appointments, row.customer.name, str(row.customer.pk)))
    return rows[:MOST_CUSTOMERS]


def _span(period: Period, zone: ZoneInfo) -> Span:
    first, last = (timerange.day_span(day, zone) for day in period)
    return Span(first.start, last.end)


def _money(rows: Iterable[Row], status: Status) -> list[Money]:
    return booked.money((row.currency, row.amount) for row in rows if row.status == status)


def _minutes(rows: Iterable[Row]) -> int:
    return sum(row.seconds for row in rows if row.status in COUNTED) // 60


def _rate(part: int, whole: int) -> Decimal | None:
    """Four decimals, half up; None of nothing."""
    if not whole:
        return None
    return (Decimal(part) / whole).quantize(FOUR_DECIMALS, ROUND_HALF_UP)


def _utilisation(spans: Seconds, offered: Sequence[Span]) -> Decimal | None:
    """The part of the offered time that is booked."""
    opened = [(int(span.start.timestamp()), int(span.end.timestamp())) for span in offered]
    whole = sum(end - start for start, end in opened)
    return _rate(_common(spans, opened), whole)


def _common(spans: Seconds, opened: Seconds) -> int:
    """How many seconds lie in both, each counted once; both are in order of their starts."""
    total, place, reached = 0, 0, 0
    for start, end in spans:
        start = max(start, reached)  # noqa: PLW2901  what an earlier one covers counts once
        while place < len(opened) and opened[place][1] <= start:
            place += 1
        here = place
        while here < len(opened) and opened[here][0] < end:
            total += max(0, min(end, opened[here][1]) - max(start, opened[here][0]))
            here += 1
        reached = max(reached, end)
    return total

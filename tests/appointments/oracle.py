"""What is bookable, said a second time: slowly, minute by minute, and with no SQL.

Written from the rules alone and sharing nothing with the product but the words, so that the two
can only agree by both being right. No cleverness may ever come in here.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


class Stretch(NamedTuple):
    """From an instant up to, not including, another."""

    start: datetime
    end: datetime

    def meets(self, other: Stretch) -> bool:
        return self.start < other.end and other.start < self.end


@dataclass
class Taken:
    """An appointment as the oracle sees it: its time, and its margins."""

    start: datetime
    end: datetime
    before: timedelta
    after: timedelta
    proposed: Stretch | None = None

    def holds(self) -> list[Stretch]:
        times = [Stretch(self.start, self.end)] + ([self.proposed] if self.proposed else [])
        return [Stretch(start - self.before, end + self.after) for start, end in times]


@dataclass
class Book:
    """Everything that decides what can be booked of one service."""

    zone: ZoneInfo
    week: list[tuple[int, time, time]]  # ISO weekday, start, end
    special: dict[date, list[tuple[time, time]]]
    step: timedelta
    duration: timedelta
    before: timedelta
    after: timedelta
    notice: timedelta
    window: timedelta  # whole days of the provider's zone, today not counted
    away: list[Stretch] = field(default_factory=list)  # time off
    busy: list[Stretch] = field(default_factory=list)  # elsewhere
    taken: list[Taken] = field(default_factory=list)
    daily_limit: int | None = None
    offered: bool = True


@functools.cache
def clock_to_instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """RFC 5545, 3.3.5: the first of two, and in a gap by the offset that held before it.

    Every offset on earth is a whole number of quarter hours: all of them are tried.
    """
    local = datetime.combine(day, clock)
    steps = 0
    while True:  # back, minute by minute, to a time that was on the wall
        found = [
            moment
            for quarter in range(-15 * 4, 15 * 4 + 1)
            if (moment := local.replace(tzinfo=UTC) - timedelta(minutes=15 * quarter))
            .astimezone(zone)
            .replace(tzinfo=None)
            == local
        ]
        if found:
            return min(found) + steps * MINUTE
        local -= MINUTE
        steps += 1


def opening(book: Book, day: date) -> list[Stretch]:
    """The spans of hours that start on the date, as instants."""
    clocks = book.special.get(day)
    if clocks is None:
        clocks = [(start, end) for weekday, start, end in book.week if weekday == day.isoweekday()]
    spans = []
    for start, end in clocks:
        last_day = day if end > start else day + DAY
        spans.append(
            Stretch(
                clock_to_instant(day, start, book.zone),
                clock_to_instant(last_day, end, book.zone),
            )
        )
    return spans


def dates_around(first: datetime, last: datetime) -> Iterator[date]:
    day = first.date() - 3 * DAY
    while day <= last.date() + 3 * DAY:
        yield day
        day += DAY


def starts_on_the_grids(spans: Iterable[Stretch], step: timedelta) -> set[datetime]:
    starts = set()
    for span in spans:
        start = span.start
        while start < span.end:
            starts.add(start)
            start += step
    return starts


def minutes_of(span: Stretch) -> Iterator[datetime]:
    minute = span.start
    while minute < span.end:
        yield minute
        minute += MINUTE


def open_minutes(spans: Iterable[Stretch]) -> set[datetime]:
    return {minute for span in spans for minute in minutes_of(span)}


def full(book: Book, start: datetime) -> bool:
    """Whether the provider's day already has as many appointments as are wanted."""
    if book.daily_limit is None:
        return False
    day = start.astimezone(book.zone).date()
    return (
        sum(taken.start.astimezone(book.zone).date() == day for taken in book.taken)
        >= book.daily_limit
    )


class Hours(NamedTuple):
    """The hours around some dates: where the grids start, and every minute that is open."""

    starts: set[datetime]
    minutes: set[datetime]


def hours_around(book: Book, first: datetime, last: datetime) -> Hours:
    spans = [span for day in dates_around(first, last) for span in opening(book, day)]
    return Hours(starts_on_the_grids(spans, book.step), open_minutes(spans))


def objections(book: Book, start: datetime, *, now: datetime, hours: Hours) -> set[str]:
    """Every code that a refusal of this start might rightly give; empty: it can be booked."""
    visit = Stretch(start, start + book.duration)
    margins = Stretch(visit.start - book.before, visit.end + book.after)
    codes = set()
    if (
        not book.offered
        or start not in hours.starts
        or not all(minute in hours.minutes for minute in minutes_of(visit))
        or start < now + book.notice
        or start.astimezone(book.zone).date() > now.astimezone(book.zone).date() + book.window
        or any(margins.meets(other) for other in (*book.away, *book.busy))
    ):
        codes.add("slot_unavailable")
    if any(margins.meets(hold) for taken in book.taken for hold in taken.holds()):
        codes.add("slot_taken")
    if full(book, start):
        codes.add("limit_reached")
    return codes


def bookable(
    book: Book, *, first: date, last: date, zone: ZoneInfo, now: datetime
) -> dict[date, list[Stretch]]:
    """Every date from the first to the last of `zone` with the slots that start on it."""
    noon = datetime.combine(first, time(12), tzinfo=UTC)
    evening = datetime.combine(last, time(12), tzinfo=UTC)
    hours = hours_around(book, noon, evening)
    found: dict[date, list[Stretch]] = {}
    day = first
    while day <= last:
        found[day] = []
        day += DAY
    for start in sorted(hours.starts):
        day = start.astimezone(zone).date()
        if day in found and not objections(book, start, now=now, hours=hours):
            found[day].append(Stretch(start, start + book.duration))
    return found

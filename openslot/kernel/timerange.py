"""Instants, wall clocks and the spans between them. Half-open, start included, end not.

Every conversion between a local time and an instant is made here, by the tz database that
Python reads (zoneinfo with the tzdata package): SQL sees instants only.
"""

from __future__ import annotations

import functools
import zoneinfo
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from importlib import resources
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from openslot.kernel.errors import Invalid

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
NO_PLACES = frozenset({"localtime", "Factory", "posixrules"})
LONGEST_NAME = 64  # letters: as long as the column that keeps one


class Span(NamedTuple):
    """A half-open span of instants `[start, end)`, both in UTC."""

    start: datetime
    end: datetime

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end

    def widened(self, *, before: timedelta, after: timedelta) -> Span:
        return Span(self.start - before, self.end + after)


@functools.lru_cache(maxsize=20_000)
def instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The instant (UTC) of a local time.

    A local time that exists twice is the first of the two; one that does not exist is read
    with the offset before the gap (RFC 5545, section 3.3.5).
    """
    return datetime.combine(day, clock.replace(fold=0), tzinfo=zone).astimezone(UTC)


def on_the_wall(moment: datetime, by: timedelta, zone: ZoneInfo) -> datetime:
    """The instant so many days and hours later by the clock on the wall, whatever it does."""
    local = moment.astimezone(zone).replace(tzinfo=None) + by
    return instant(local.date(), local.time(), zone)


def wall_time_between(first: datetime, last: datetime, zone: ZoneInfo) -> timedelta:
    """The days and hours from one instant to another by the clock on the wall."""
    begins, ends = (moment.astimezone(zone).replace(tzinfo=None) for moment in (first, last))
    return ends - begins


def offset(moment: datetime, zone: tzinfo) -> int:
    """By how many minutes the clocks of a zone are ahead of UTC at that moment."""
    return (moment.astimezone(zone).utcoffset() or timedelta()) // timedelta(minutes=1)


def clocks_differ(moment: datetime, one: tzinfo, other: tzinfo) -> bool:
    """Whether clocks of the two zones show different times at that moment, whatever their names."""
    return moment.astimezone(one).utcoffset() != moment.astimezone(other).utcoffset()


def day_span(day: date, zone: ZoneInfo) -> Span:
    """A calendar day of a zone, 23 to 25 hours long where clocks change."""
    return Span(instant(day, time.min, zone), instant(day + timedelta(days=1), time.min, zone))


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time as few spans as possible, in order; touching ones become one."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def without(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """What is left of the spans, in their order."""
    left = list(spans)
    for hole in merged(span for span in holes if span.start < span.end):
        left = [piece for span in left for piece in _around(span, hole)]
    return left


def _around(span: Span, hole: Span) -> list[Span]:
    if not span.overlaps(hole):
        return [span]
    pieces = [Span(span.start, hole.start), Span(hole.end, span.end)]
    return [piece for piece in pieces if piece.start < piece.end]


def days(first: date, last: date) -> list[date]:
    """Every date from the first to the last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@functools.cache
def zone_names() -> frozenset[str]:
    """The IANA names that may be chosen. Walks the whole database: for lists of choices."""
    return frozenset(zoneinfo.available_timezones() - NO_PLACES)


@functools.cache
def places() -> tuple[str, ...]:
    """The IANA names of places, one for each zone of a country, and UTC: what people choose from.

    Aliases are left out; who has one keeps it.
    """
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    return ("UTC", *sorted({row[2] for row in rows} & zone_names()))


def known_zone(name: str) -> ZoneInfo | None:
    """The zone of an IANA name, or None. Looks at that one alone."""
    if name in NO_PLACES or name.startswith(("posix/", "right/")) or len(name) > LONGEST_NAME:
        return None
    try:
        return ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):  # a folder, no name at all
        return None


def zone_named(name: str, *, field: str = "timezone") -> ZoneInfo:
    """The zone of an IANA name; `Invalid` beside `field` where there is none."""
    zone = known_zone(name)
    if zone is None:
        raise Invalid(
            **{field: gettext("This is not the name of a time zone, such as Europe/Berlin.")}
        )
    return zone


def bounded(moment: datetime, *, field: str) -> datetime:
    """The moment in UTC; `Invalid` beside `field` outside the years 2000 to 2199."""
    if not EARLIEST <= moment < LATEST:
        raise Invalid(**{field: gettext("This lies outside the years 2000 to 2199.")})
    return moment.astimezone(UTC)


def written(moment: datetime) -> str:
    """As programs read it: RFC 3339, UTC as Z."""
    return moment.isoformat().replace("+00:00", "Z")

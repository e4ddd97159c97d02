"""The rules of a zone as this process reads them, in a few letters: whether they are others now."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from openslot.kernel import timerange

YEARS = 5  # to come: as far as anybody books
MINUTE = timedelta(minutes=1)


def fingerprint(zone: ZoneInfo, *, year: int) -> str:
    """Tells the rules of some years apart from any others: every change of the clock counts."""
    told = "\n".join(f"{at:%Y-%m-%dT%H:%M} {offset}" for at, offset in transitions(zone, year))
    return hashlib.sha256(told.encode()).hexdigest()


def transitions(zone: ZoneInfo, year: int) -> Iterator[tuple[datetime, int]]:
    """When the offset from UTC (in minutes) is another one, to the minute; the first day besides.

    Looks once a day: a zone whose clocks change twice within one and back counts as one that stays.
    """
    day, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + YEARS, 1, 1, tzinfo=UTC)
    before = timerange.offset(day, zone)
    yield day, before
    while day < end:
        after = timerange.offset(day + timedelta(days=1), zone)
        if after != before:
            yield _change(day, zone, before=before), after
        day, before = day + timedelta(days=1), after


def _change(day: datetime, zone: ZoneInfo, *, before: int) -> datetime:
    """The minute of that day from which on it is no more what it was."""
    low, high = 0, 24 * 60
    while high - low > 1:
        middle = (low + high) // 2
        if timerange.offset(day + middle * MINUTE, zone) == before:
            low = middle
        else:
            high = middle
    return day + high * MINUTE

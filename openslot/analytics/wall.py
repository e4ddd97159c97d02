"""The clock on the wall for very many instants at once, in whole seconds since 1970."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from openslot.kernel.timerange import Span

HOUR, WEEK = 3600, 7 * 24 * 3600
MONDAY = 4 * 24 * 3600  # 5 January 1970 was one
STEP = timedelta(hours=6)  # clocks change at most once in so short a time


class WallClock:
    """A zone's offsets in a span. Python's tz database says them, once for each change."""

    def __init__(self, zone: ZoneInfo, span: Span) -> None:
        self.changes: list[int] = []  # when another offset begins
        self.offsets: list[int] = []
        moment = span.start
        while moment <= span.end + STEP:
            offset = _offset(moment, zone)
            if not self.offsets or offset != self.offsets[-1]:
                begin = _change(moment - STEP, moment, zone) if self.offsets else moment
                self.changes.append(int(begin.timestamp()))
                self.offsets.append(offset)
            moment += STEP

    def pieces(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """A span as pieces of one hour of the wall each: the hour of the week, and seconds."""
        place = max(bisect_right(self.changes, start) - 1, 0)
        while start < end:
            later = place + 1
            until = self.changes[later] if later < len(self.changes) else end
            local = start + self.offsets[place] - MONDAY
            stop = min(end, until, start + HOUR - local % HOUR)
            yield local % WEEK // HOUR, stop - start
            start = stop
            place += start == until


def busiest(clock: WallClock, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Weekday (Monday is 1), hour and minutes of each hour of the week with any, in order."""
    seconds = Counter[int]()
    for start, end in spans:
        for hour, length in clock.pieces(start, end):
            seconds[hour] += length
    return [
        (hour // 24 + 1, hour % 24, length // 60)
        for hour, length in sorted(seconds.items())
        if length >= 60  # noqa: PLR2004  a minute
    ]


def _offset(moment: datetime, zone: ZoneInfo) -> int:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None  # noqa: S101  a ZoneInfo has one
    return int(offset.total_seconds())


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The second at which the offset of `after` begins."""
    wanted, low, high = _offset(after, zone), int(before.timestamp()), int(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(datetime.fromtimestamp(middle, UTC), zone) == wanted:
            high = middle
        else:
            low = middle
    return datetime.fromtimestamp(high, UTC)

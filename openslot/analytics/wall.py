"""The clock on the wall for very many instants at once, in whole seconds since 1970."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from openslot.kernel.timerange import Span

HOUR, WEEK = 3600, 7 * 24 * 3600
MONDAY = 4 * 24 * 3600  # 5 January 1970 was one
FOREVER = 2**62
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

    def local(self, spans: Sequence[tuple[int, int]]) -> Counter[tuple[int, int]]:
        """How many of the spans, in order of their starts, begin at which second of the week on
        the wall, and last how long; one that meets a change of the clocks is cut there.
        """
        booked = Counter[tuple[int, int]]()
        left: list[tuple[int, int]] = []
        done = 0
        for offset, until in zip(self.offsets, [*self.changes[1:], FOREVER], strict=True):
            upto = bisect_left(spans, (until,))
            here = [*left, *spans[done:upto]]
            shift = offset - MONDAY
            booked.update(((s + shift) % WEEK, min(e, until) - s) for s, e in here)
            left, done = [(until, end) for _, end in here if end > until], upto
        return booked


def busiest(clock: WallClock, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Weekday (Monday is 1), hour and minutes of each hour of the week with any, in order."""
    seconds = Counter[int]()
    for (second, length), many in clock.local(spans).items():
        for hour, part in _hours(second, length):
            seconds[hour] += part * many
    return [
        (hour // 24 + 1, hour % 24, length // 60)
        for hour, length in sorted(seconds.items())
        if length >= 60  # noqa: PLR2004  a minute
    ]


def _hours(second: int, length: int) -> Iterator[tuple[int, int]]:
    """From a second of the week on, so long: the hours of the week that are met, and seconds."""
    while length > 0:
        part = min(length, HOUR - second % HOUR)
        yield second % WEEK // HOUR, part
        second, length = second + part, length - part


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

"""Which starts lie in free time: grids, full days and lengths. Arithmetic only, no database."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from openslot.accounts.models import Provider
from openslot.appointments.free import holding
from openslot.appointments.free.free_time import FreeTime
from openslot.appointments.free.holding import NOBODYS, Claim, Held
from openslot.appointments.free.times import MICROSECOND, micros, moment
from openslot.catalog.models import Service
from openslot.kernel import timerange
from openslot.kernel.timerange import Span

DAY = 86_400_000_000 + 7_200_000_000  # microseconds: the longest span, on a day of 25 hours or 26


class Wish(NamedTuple):
    """What is looked for: a service of a provider, so long, with these buffers, from when to when.

    `starts` is when the appointment may start by notice, window and the caller's own bounds.
    """

    service: Service
    provider: Provider
    length: timedelta
    before: timedelta
    after: timedelta
    starts: Span
    now: datetime
    claim: Claim = NOBODYS

    @property
    def frame(self) -> Span:
        return Span(self.starts.start, self.starts.end + self.length)


class Week(NamedTuple):
    """What is known of seven days, for appointments with certain buffers: right for each start in
    it. Bounds are microseconds; `left` is None where nobody can be booked (inactive).
    """

    opens: int
    closes: int
    hours: Sequence[int]  # start, end, start, end …: each span begins a grid
    left: FreeTime | None

    def hours_around(self, span: Span) -> list[Span]:
        """The hours that touch a span."""
        begin, end = micros(span.start), micros(span.end)
        pairs = zip(self.hours[::2], self.hours[1::2], strict=True)
        return [Span(moment(a), moment(b)) for a, b in pairs if a <= end and begin <= b]


def starts(wish: Wish, weeks: Iterable[Week]) -> Iterator[range]:
    """The wish's starts on the grid of each span of hours that lie in free time."""
    for week in weeks:
        if week.left is not None:
            yield from _in_week(wish, week, week.left)


def _in_week(wish: Wish, week: Week, left: FreeTime) -> Iterator[range]:
    """Those that nobody else is about to book; of one's own hold the start itself."""
    holds = holding.standing(left.holds, now=wish.now, claim=wish.claim)
    yield from _on_grid(wish, week, left, free(left, holds, wish.before, wish.after))
    for own in (held for held in holds if wish.claim.covers(held)):
        if own.service == wish.service.pk:
            others = [held for held in holds if held is not own]
            bounds = free(left, others, wish.before, wish.after)
            found = any(own.start in each for each in _on_grid(wish, week, left, bounds))
            yield from [range(own.start, own.start + 1)] if found else []


def free(
    left: FreeTime, holds: Sequence[Held], before: timedelta, after: timedelta
) -> Sequence[int]:
    """What is left beside holds, for an appointment with these buffers."""
    before_, after_ = before // MICROSECOND, after // MICROSECOND
    return holding.left(left.free, holds, before=before_, after=after_)


def _on_grid(wish: Wish, week: Week, left: FreeTime, bounds: Sequence[int]) -> Iterator[range]:
    step = wish.provider.slot_step_minutes * 60_000_000
    length = wish.length // MICROSECOND
    hours = week.hours
    for opens, closes in _windows(wish, week, left.counted):
        for place in range(_first_after(hours, opens), len(hours), 2):
            grid, end = hours[place], hours[place + 1]
            if grid >= closes:
                break
            begin, stop = max(grid, opens), min(end, closes)
            piece = bisect_right(bounds, begin) // 2 * 2
            while piece < len(bounds) and bounds[piece] < stop:
                first = max(begin, bounds[piece])
                first += (grid - first) % step
                last = min(stop - 1, bounds[piece + 1] - length)
                if first <= last:
                    yield range(first, last + 1, step)
                piece += 2


def _first_after(hours: Sequence[int], moment: int) -> int:
    """The place of the first span that may reach beyond a moment: spans last a day at most."""
    return max(0, bisect_left(hours, moment - DAY) // 2 * 2)


def begins(spans: Sequence[Span], start: datetime, *, provider: Provider) -> bool:
    """Whether a start stands on the grid of one of the spans."""
    step = timedelta(minutes=provider.slot_step_minutes)
    return any(span.start <= start < span.end and not (start - span.start) % step for span in spans)


def without(ranges: Iterable[range], start: datetime) -> Iterator[range]:
    """The same starts except one."""
    left_out = micros(start)
    for each in ranges:
        if left_out in each:
            at = each.index(left_out)
            yield from (part for part in (each[:at], each[at + 1 :]) if part)
        else:
            yield each


def _windows(wish: Wish, week: Week, counted: Iterable[int]) -> list[tuple[int, int]]:
    """When the wish may start in the week, without the days that are full."""
    opens = max(micros(wish.starts.start), week.opens)
    end = min(micros(wish.starts.end), week.closes)
    windows = []
    for day in sorted(full_days(wish.provider, counted)):
        full = timerange.day_span(day, wish.provider.zone)
        windows.append((opens, min(end, micros(full.start))))
        opens = max(opens, micros(full.end))
    windows.append((opens, end))
    return [(opens, closes) for opens, closes in windows if opens < closes]


def full_days(provider: Provider, counted: Iterable[int]) -> set[date]:
    """The dates on which a provider with a daily limit takes no more."""
    if provider.daily_limit is None:
        return set()
    zone = provider.zone
    days = Counter(moment(start).astimezone(zone).date() for start in counted)
    return {day for day, count in days.items() if count >= provider.daily_limit}


def fits(bounds: Sequence[int], start: datetime, length: timedelta) -> bool:
    begin = micros(start)
    piece = bisect_right(bounds, begin)
    return piece % 2 == 1 and begin + length // MICROSECOND <= bounds[piece]

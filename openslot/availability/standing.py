"""What a provider offered: hours less time off, past dates as they stood when they ended.

For looking back. What can be booked is said by the appointments' free time alone.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, TypeVar

from openslot.accounts.models import Provider
from openslot.availability import hours
from openslot.availability.hours import DaySpan
from openslot.availability.models import (
    FormerHours,
    FormerSpecialHours,
    FormerTimeOff,
    SpecialHours,
    TimeOffSpan,
    WorkingHours,
)
from openslot.kernel import timerange
from openslot.kernel.timerange import Span

T = TypeVar("T")


class Stood(NamedTuple):
    """When something stood; until None: it stands."""

    since: datetime
    until: datetime | None

    def at(self, moment: datetime) -> bool:
        return self.since <= moment and (self.until is None or moment < self.until)


Versions = Sequence[tuple[Stood, T]]


class Memory(NamedTuple):
    """All that stood at some time, as loaded."""

    week: Mapping[int, Versions[DaySpan]]  # by weekday, Monday is 1
    special: Mapping[date, Versions[list[DaySpan]]]
    away: Versions[Span]  # by end


def offered(
    provider: Provider, *, first: date, last: date, now: datetime
) -> dict[date, list[Span]]:
    """What each date from `first` to `last` offered: its hours less time off, in instants.

    A span belongs to the date on which it begins, its part past midnight included. A date that is
    over counts with what stood when it ended, any other with what stands. Six queries, whatever
    the number of dates.
    """
    memory = _loaded(provider, first=first, last=last)
    answer: dict[date, list[Span]] = {}
    for day in timerange.days(first, last):
        moment = min(timerange.day_span(day, provider.zone).end, now)
        spans = [hours.on_date(day, span, provider.zone) for span in _hours(memory, day, moment)]
        opened = timerange.merged(span for span in spans if span.start < span.end)
        answer[day] = timerange.without(opened, _away(memory, opened, moment))
    return answer


def _hours(memory: Memory, day: date, moment: datetime) -> list[DaySpan]:
    for special in _standing(memory.special.get(day, ()), moment):
        return special
    return _standing(memory.week.get(day.isoweekday(), ()), moment)


def _away(memory: Memory, opened: Sequence[Span], moment: datetime) -> list[Span]:
    if not opened:
        return []
    whole = Span(opened[0].start, opened[-1].end)
    begin = bisect_left(memory.away, whole.start, key=lambda each: each[1].end)
    return [span for span in _standing(memory.away[begin:], moment) if span.overlaps(whole)]


def _standing(versions: Versions[T], moment: datetime) -> list[T]:
    return [value for stood, value in versions if stood.at(moment)]


def _loaded(provider: Provider, *, first: date, last: date) -> Memory:
    mine, dates = {"provider": provider}, {"date__range": (first, last)}
    week, special = defaultdict(list), defaultdict(list)
    weeks: list[WorkingHours | FormerHours] = [
        *WorkingHours.objects.filter(**mine),
        *FormerHours.objects.filter(**mine),
    ]
    for row in weeks:
        week[row.weekday].append((_stood(row), DaySpan(row.start, row.end)))
    days: list[SpecialHours | FormerSpecialHours] = [
        *SpecialHours.objects.filter(**mine, **dates),
        *FormerSpecialHours.objects.filter(**mine, **dates),
    ]
    for day in days:
        special[day.date].append((_stood(day), hours.day_spans(day)))
    return Memory(week, special, _aways(provider, first=first, last=last))


def _aways(provider: Provider, *, first: date, last: date) -> list[tuple[Stood, Span]]:
    begin = timerange.day_span(first, provider.zone).start
    end = timerange.day_span(last + timerange.DAY, provider.zone).end  # a night runs into it
    inside = {"provider": provider, "start__lt": end, "end__gt": begin}
    current = TimeOffSpan.objects.filter(**inside).values_list("since", "start", "end")
    former = FormerTimeOff.objects.filter(**inside).values_list("since", "until", "start", "end")
    away = [(Stood(since, None), Span(*span)) for since, *span in current]
    away += [(Stood(since, until), Span(*span)) for since, until, *span in former]
    return sorted(away, key=lambda each: each[1].end)


def _stood(row: WorkingHours | FormerHours | SpecialHours | FormerSpecialHours) -> Stood:
    return Stood(row.since, getattr(row, "until", None))


def minutes(spans: Iterable[Span]) -> int:
    """How long spans that lie apart are together, in whole minutes."""
    return sum(int((span.end - span.start).total_seconds()) for span in spans) // 60

"""When a provider works: the hours of the week, and the special days that replace them.

Hours are local times in the provider's zone. `end` at or before `start` runs past midnight, equal
ones are the whole day; a span belongs to the date on which it starts.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openslot.accounts import locks
from openslot.accounts.models import Provider
from openslot.availability import history
from openslot.availability.models import FormerSpecialHours, SpecialHours, WorkingHours
from openslot.kernel import timerange
from openslot.kernel.errors import Invalid, NotFound
from openslot.kernel.rows.composed import prepared
from openslot.kernel.timerange import Span

DAY = 24 * 60  # minutes
WEEK = 7 * DAY
SPANS_A_DAY = 24

LOADING = """
SELECT provider_id, weekday, start, "end", NULL, NULL
FROM availability_workinghours WHERE provider_id = ANY(%(providers)s)
UNION ALL
SELECT provider_id, NULL, NULL, NULL, date, spans
FROM availability_specialhours
WHERE provider_id = ANY(%(providers)s) AND date BETWEEN %(first)s AND %(last)s
"""
OVERLAP = _("Two spans overlap. One that runs past midnight counts into the next day.")


class WeekSpan(NamedTuple):
    """Hours on one day of the week; Monday is 1."""

    weekday: int
    start: time
    end: time


class DaySpan(NamedTuple):
    """Hours on one date."""

    start: time
    end: time


class SpecialDay(NamedTuple):
    """What replaces the week's hours on a date, as it is kept."""

    date: date
    spans: Sequence[Sequence[str]]


class Hours(NamedTuple):
    """What one provider has written down, as loaded."""

    week: list[WeekSpan]
    special: list[SpecialDay]


def week(provider: Provider) -> list[WeekSpan]:
    """The whole week, in order."""
    rows = WorkingHours.objects.filter(provider=provider)
    return [WeekSpan(row.weekday, row.start, row.end) for row in rows]


def set_week(provider: Provider, *, spans: Sequence[WeekSpan]) -> list[WeekSpan]:
    """Replace the whole week. Raises `Invalid` beside `spans` for an overlap: the old stay."""
    return change_week(provider, lambda _standing: spans)


@transaction.atomic
def change_week(
    provider: Provider, edit: Callable[[list[WeekSpan]], Sequence[WeekSpan]]
) -> list[WeekSpan]:
    """Replace the week by what `edit` makes of the one that stands behind the lock.

    Raises `Invalid` as `set_week` does, and what `edit` raises: the old stay.
    """
    locks.providers([provider.pk])  # no booking is checked against hours that change
    spans = edit(week(provider))
    _check_week(spans)
    history.keep_week(provider)
    WorkingHours.objects.filter(provider=provider).delete()
    WorkingHours.objects.bulk_create(
        WorkingHours(provider=provider, weekday=span.weekday, start=span.start, end=span.end)
        for span in spans
    )
    return sorted(spans)


@transaction.atomic
def set_special(provider: Provider, *, day: date, spans: Sequence[DaySpan]) -> SpecialHours:
    """Replace the hours of one date; without spans it is closed.

    The evening before's span past midnight stays. Raises `Invalid` beside `spans` for spans
    that overlap each other, beside `date` for a day that is over there, or outside the years 2000
    to 2199.
    """
    _check_special(day, spans, zone=provider.zone)
    locks.providers([provider.pk])  # no booking is checked against hours that change
    history.keep_special(provider, day=day)
    special, _ = SpecialHours.objects.update_or_create(
        provider=provider,
        date=day,
        defaults={"spans": _written(spans), "since": timezone.now()},
    )
    return special


def _check_special(day: date, spans: Sequence[DaySpan], *, zone: ZoneInfo) -> None:
    if timerange.EARLIEST.date() <= day < timezone.localdate(timezone=zone):
        raise Invalid(date=gettext("This day is over."))
    if not timerange.EARLIEST.date() <= day < timerange.LATEST.date():
        raise Invalid(date=gettext("This lies outside the years 2000 to 2199."))
    if len(spans) > SPANS_A_DAY:
        raise Invalid(
            spans=gettext("A day has at most {spans_a_day} spans.").format(spans_a_day=SPANS_A_DAY)
        )
    _check_apart(sorted(_minutes(span) for span in spans))


def _written(spans: Sequence[DaySpan]) -> list[list[str]]:
    return [[f"{span.start:%H:%M}", f"{span.end:%H:%M}"] for span in sorted(spans)]


@transaction.atomic
def change_special(
    provider: Provider,
    *,
    id: UUID,  # noqa: A002
    day: date | None = None,
    spans: Sequence[DaySpan] | None = None,
) -> SpecialHours:
    """Other hours for a special day, or the same on another date; None: as it was.

    What the date that it moves to had for itself is gone. What it says already changes nothing.
    Raises `NotFound`, and `Invalid` as `set_special` does.
    """
    locks.providers([provider.pk])  # no booking is checked against hours that change
    special = SpecialHours.objects.filter(provider=provider, pk=id).first()
    if special is None:
        raise NotFound
    wanted = day or special.date
    told = day_spans(special) if spans is None else spans
    if (wanted, _written(told)) == (special.date, special.spans):
        return special
    _check_special(wanted, told, zone=provider.zone)
    history.keep_special(provider, day=special.date)
    if wanted != special.date:
        history.keep_special(provider, day=wanted)
        SpecialHours.objects.filter(provider=provider, date=wanted).delete()
    special.date, special.spans, special.since = wanted, _written(told), timezone.now()
    special.save()
    return special


@transaction.atomic
def remove_special(provider: Provider, *, id: UUID) -> SpecialHours:  # noqa: A002
    """Give a date the week's hours back; what it had instead. Raises `NotFound`."""
    locks.providers([provider.pk])  # no booking is checked against hours that change
    special = SpecialHours.objects.filter(provider=provider, pk=id).first()
    if special is None:
        raise NotFound
    history.keep_special(provider, day=special.date)
    special.delete()
    return special


def loaded(providers: Iterable[Provider], *, first: date, last: date) -> dict[UUID, Hours]:
    """The hours of any number of providers, special days from `first` to `last`; one query."""
    known = {provider.pk: Hours([], []) for provider in providers}
    with prepared() as cursor:
        cursor.execute(LOADING, {"providers": [*known], "first": first, "last": last})
        for provider, weekday, start, end, day, spans in cursor.fetchall():
            if day is None:
                known[provider].week.append(WeekSpan(weekday, start, end))
            else:
                known[provider].special.append(SpecialDay(day, json.loads(spans)))
    return known


def open_spans(
    week: Iterable[WeekSpan | WorkingHours],
    special: Iterable[SpecialDay | SpecialHours],
    *,
    zone: ZoneInfo,
    first: date,
    last: date,
) -> list[Span]:
    """The hours that begin on the dates from `first` to `last`, in instants and in order.

    Not merged: each span begins a grid of its own. One that a change of clocks leaves without
    length is none.
    """
    usual: defaultdict[int, list[DaySpan]] = defaultdict(list)
    for row in week:
        usual[row.weekday].append(DaySpan(row.start, row.end))
    replaced = {row.date: day_spans(row) for row in special}
    spans = [
        on_date(day, hours, zone)
        for day in timerange.days(first, last)
        for hours in replaced.get(day, usual[day.isoweekday()])
    ]
    return sorted(span for span in spans if span.start < span.end)


def day_spans(special: SpecialDay | SpecialHours | FormerSpecialHours) -> list[DaySpan]:
    """What a special day says."""
    return [
        DaySpan(time.fromisoformat(start), time.fromisoformat(end)) for start, end in special.spans
    ]


def on_date(day: date, hours: DaySpan, zone: ZoneInfo) -> Span:
    """Hours of one date in instants; empty or inverted where a change of clocks leaves none."""
    last = day if hours.start < hours.end else day + timedelta(days=1)
    return Span(timerange.instant(day, hours.start, zone), timerange.instant(last, hours.end, zone))


def _check_week(spans: Sequence[WeekSpan]) -> None:
    if len(spans) > 7 * SPANS_A_DAY:
        raise Invalid(
            spans=gettext("A week has at most {spans_a_day} spans.").format(
                spans_a_day=7 * SPANS_A_DAY
            )
        )
    if any(not 1 <= span.weekday <= 7 for span in spans):  # noqa: PLR2004
        raise Invalid(spans=gettext("A weekday is a number from 1 (Monday) to 7 (Sunday)."))
    placed = []
    for span in spans:
        start, end = _minutes(DaySpan(span.start, span.end))
        monday = (span.weekday - 1) * DAY
        placed.append((monday + start, monday + end))
    placed.sort()
    if placed:  # Sunday night runs into Monday
        start, end = placed[0]
        placed.append((start + WEEK, end + WEEK))
    _check_apart(placed)


def _check_apart(placed: Sequence[tuple[int, int]]) -> None:
    if any(earlier[1] > later[0] for earlier, later in pairwise(placed)):
        raise Invalid(spans=OVERLAP)


def _minutes(span: DaySpan) -> tuple[int, int]:
    """Start and end in minutes after midnight; the end may lie on the next day."""
    if any(clock.second or clock.microsecond for clock in span):
        raise Invalid(spans=gettext("Hours are given in hours and minutes."))
    start, end = (clock.hour * 60 + clock.minute for clock in span)
    return start, end if start < end else end + DAY


def dates_around(frame: Span, zone: ZoneInfo) -> tuple[date, date]:
    """The first and last date whose hours may touch the frame: the evening before's run into it."""

    def local(moment: datetime) -> date:
        return moment.astimezone(zone).date()

    return local(frame.start) - timedelta(days=1), local(frame.end)

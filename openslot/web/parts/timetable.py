"""A provider's days in the shapes that the timeline and the week's columns are drawn from.

Times are laid out by the clock of the active zone, which is the reader's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from openslot.accounts.models import Provider
from openslot.appointments.desk.agenda import Day
from openslot.appointments.models import Appointment
from openslot.kernel import timerange
from openslot.kernel.timerange import Span
from openslot.kernel.wording import dates
from openslot.web.parts import picker

FARTHEST_DAYS = 4000
QUARTER = 15  # minutes of a row of the week's columns
FIRST_HOUR, LAST_HOUR = 9, 17  # what a week shows at least


def entries(day: Day, *, now: datetime) -> list[dict[str, Any]]:
    """A day for components/timeline.html, in order; the time is marked where it is today."""
    rows = [
        *(_booked(item) for item in day.booked),
        *(_proposed(item) for item in day.proposed),
        *(
            {"kind": "gap", "starts": gap.start, "ends": gap.end, "href": _book(gap)}
            for gap in day.gaps
        ),
        *(
            {"kind": "off", "starts": item.span.start, "ends": item.span.end, "title": item.reason}
            for item in day.away
        ),
    ]
    if day.span.start <= now < day.span.end:
        rows.append({"kind": "now", "starts": now})
    return sorted(rows, key=lambda entry: (entry["starts"], entry["kind"] != "now"))


def zones(provider: Provider, *, now: datetime) -> dict[str, str]:
    """The reader's zone, and the provider's where its clock says something else."""
    if not timerange.clocks_differ(now, timezone.get_current_timezone(), provider.zone):
        return {"zone": provider.timezone, "elsewhere": ""}
    return {
        "zone": timezone.get_current_timezone_name(),
        "elsewhere": provider.timezone,
        "clock_there": dates.clock(now, provider.zone),
    }


def free(day: Day) -> timedelta:
    return sum((gap.end - gap.start for gap in day.gaps), timedelta())


@dataclass(frozen=True, slots=True)
class Block:
    """Something in a column: its first row and its height, in quarters of an hour."""

    row: int
    rows: int
    item: Any = None
    proposed: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    day: Day
    href: str
    today: bool
    open: list[Block]
    away: list[Block]
    booked: list[Block]
    free: timedelta


@dataclass(frozen=True, slots=True)
class Week:
    hours: list[Block]  # the labels: `item` is the hour
    columns: list[Column]


def week(days: Sequence[Day], *, today: date) -> Week:
    """The days as columns of quarters of an hour, from the earliest hour needed to the latest."""
    first, last = _bounds(days)
    labels = [Block((hour - first) * 4, 4, f"{hour:02}:00") for hour in range(first, last)]
    return Week(labels, [_column(day, first=first, last=last, today=today) for day in days])


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def address(day: date, *, week: bool) -> str:
    query = {"on": day.isoformat()} | ({"view": "week"} if week else {})
    return f"{reverse('agenda')}?{urlencode(query)}"


def _booked(item: Appointment) -> dict[str, Any]:
    return {
        "kind": "appointment",
        "starts": item.start,
        "ends": item.end,
        "title": item.service.name,
        "name": item.customer_name,
        "status": item.status,
        "attention": item.needs_attention,
        "href": reverse("appointment", args=[item.pk]),
    }


def _proposed(item: Appointment) -> dict[str, Any]:
    span = item.proposed or item.span
    return _booked(item) | {
        "starts": span.start,
        "ends": span.end,
        "title": gettext("{name}, proposed new time").format(name=item.service.name),
        "status": "pending",
    }


def _book(gap: Span) -> str:
    """Where it is booked: an instant, since the form goes by the provider's clock."""
    return f"{reverse('provider_book')}?{urlencode({'at': picker.stamp(gap.start)})}"


def _shown(day: Day) -> Iterator[Span]:
    """What has to be seen of a day, cut to it."""
    for span in (
        *day.open,
        *(item.span for item in day.booked),
        *(item.proposed for item in day.proposed if item.proposed),
    ):
        yield Span(max(span.start, day.span.start), min(span.end, day.span.end))


def _minute(moment: datetime, day: Day) -> int:
    """Minutes after midnight on the clock; the midnight that ends the day is 1440."""
    if moment >= day.span.end:
        return 1440
    local = timezone.localtime(max(moment, day.span.start))
    return local.hour * 60 + local.minute


def _bounds(days: Sequence[Day]) -> tuple[int, int]:
    spans = [(_minute(s.start, day), _minute(s.end, day)) for day in days for s in _shown(day)]
    first = min([FIRST_HOUR, *(start // 60 for start, _ in spans)])
    return first, max([LAST_HOUR, *(-(-end // 60) for _, end in spans)])


def _column(day: Day, *, first: int, last: int, today: date) -> Column:
    def block(span: Span, item: Any = None, *, proposed: bool = False) -> Block:
        start = max(_minute(span.start, day), first * 60)
        end = min(_minute(span.end, day), last * 60)
        row = (start - first * 60) // QUARTER
        return Block(row, max(1, -(-(end - first * 60) // QUARTER) - row), item, proposed)

    return Column(
        day=day,
        href=address(day.date, week=False),
        today=day.date == today,
        open=[block(span) for span in day.open],
        away=[
            block(item.span, item)
            for item in day.away
            if _minute(item.span.end, day) > first * 60
            and _minute(item.span.start, day) < last * 60
        ],
        booked=sorted(
            [
                *(block(item.span, item) for item in day.booked),
                *(
                    block(item.proposed, item, proposed=True)
                    for item in day.proposed
                    if item.proposed
                ),
            ],
            key=lambda placed: placed.row,
        ),
        free=free(day),
    )

"""The dates that a report covers, and how they are cut into intervals."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext

from openslot.kernel.errors import Invalid
from openslot.kernel.timerange import DAY

LONGEST = 1096  # days: three years, one of them a leap year
DAILY, WEEKLY = 45, 190  # days, up to which an interval is a day, a week


class Interval(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Period(NamedTuple):
    """Dates of the provider, both included."""

    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def before(self) -> Period:
        """As many days, right before."""
        return Period(self.start - timedelta(self.days), self.start - DAY)


def period(first: date, last: date) -> Period:
    """The period. Raises `Invalid` beside `from` or `to` where it runs backwards or is too long."""
    if first > last:
        raise Invalid(**{"from": gettext("The first date has to come before the last one.")})
    if (last - first).days >= LONGEST:
        raise Invalid(to=gettext("At most {longest} days at once.").format(longest=LONGEST))
    return Period(first, last)


def usual(whole: Period) -> Interval:
    """Days up to 45 of them, weeks up to 190 days, else months."""
    if whole.days <= DAILY:
        return Interval.DAY
    return Interval.WEEK if whole.days <= WEEKLY else Interval.MONTH


def cut(whole: Period, interval: Interval) -> list[Period]:
    """Its intervals, in order; weeks begin on Monday, the first and the last are cut short."""
    pieces, start = [], whole.start
    while start <= whole.end:
        end = min(_last_of(start, interval), whole.end)
        pieces.append(Period(start, end))
        start = end + DAY
    return pieces


def _last_of(day: date, interval: Interval) -> date:
    if interval == Interval.DAY:
        return day
    if interval == Interval.WEEK:
        return day + timedelta(7 - day.isoweekday())
    return (day.replace(day=1) + timedelta(32)).replace(day=1) - DAY

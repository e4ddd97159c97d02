"""What would become of a request, date by date, before anything is written; and what was made.

Whoever plans (one.py, series.py, courses.py) says it in these terms; whoever books or shows what a
booking would get (making.py, preview.py) knows no others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from moneyed import Money

from openslot.appointments import errors
from openslot.appointments.booking.drafting import Opened
from openslot.appointments.booking.prerequisites import Earlier
from openslot.appointments.free.placing import Place, Prospect
from openslot.appointments.models import Appointment, Series
from openslot.catalog import pricing
from openslot.catalog.models import Service
from openslot.catalog.questions import Answered


class Date(NamedTuple):
    """An appointment that is to be made: where it was wanted, and where it goes.

    `original` is its start by the rule of its series, `after` the number of the date that it
    depends on in a course.
    """

    wanted: Place
    start: datetime | None  # None: nowhere
    refusal: errors.Refused | None  # what stands against the wanted start
    original: datetime | None = None
    after: int | None = None


class Rule(NamedTuple):
    """The rule of a series; `extends` is the series that goes on by it."""

    recurrence: str
    on_conflict: str
    extends: Series | None = None


class Missing(NamedTuple):
    """The service of a course that finds no date, and the days on which it was looked for."""

    service: Service
    first_day: date
    last_day: date
    too_far: bool  # all of them lie further ahead than customers may book


@dataclass(frozen=True)
class Plan:
    """Every date that is asked for, with its fate. `refusal` is what stands against all of them."""

    opened: Opened
    earlier: Earlier
    dates: Sequence[Date]
    notes: str = ""
    answers: Sequence[Answered] = ()
    refusal: errors.Refused | None = None
    rule: Rule | None = None  # a series
    missing: Missing | None = None  # of a course
    claimed: bool = False  # whether it comes out of a hold of the caller's
    prospect: Prospect | None = None  # of a single one that a customer asks for
    act: UUID | None = None  # that the worker is told of already

    @property
    def total_price(self) -> Money:
        """What those that can be had cost together."""
        free = [each for each in self.dates if each.start is not None and self.refusal is None]
        nothing = Money(0, pricing.price(self.opened.service).currency)
        return sum((pricing.price(each.wanted.service) for each in free), nothing)

    @property
    def required(self) -> bool:
        """Whether what is booked may be what another appointment waits for."""
        service = self.opened.service
        return self.opened.required or any(each.wanted.service != service for each in self.dates)

    def check(self) -> None:
        """Whether it may be booked as it is.

        Raises `SeriesConflict` for a series with a clash that should stop all, or with nothing
        left, and else what stands against it.
        """
        if self.refusal is not None:
            raise self.refusal
        clashes = [each for each in self.dates if each.refusal is not None]
        if self.rule is not None:
            left = any(each.start is not None for each in self.dates)
            if clashes and (self.rule.on_conflict == "fail" or not left):
                raise conflict(clashes)
        elif clashes and clashes[0].refusal is not None:
            raise clashes[0].refusal

    def refused(self, refusal: errors.Refused) -> Plan:
        """The same where that stands against the first date, and so against all."""
        return replace(self, dates=[self.dates[0]._replace(start=None, refusal=refusal)])


def conflict(clashes: Iterable[Date]) -> errors.SeriesConflict:
    """The error that names every clash with the code that a single booking would get."""
    conflicts = [
        errors.conflict(each.wanted.start, each.refusal) for each in clashes if each.refusal
    ]
    return errors.SeriesConflict(conflicts=conflicts)


@dataclass(frozen=True)
class Booked:
    """What a request made: one appointment, a series, or a course.

    `follow_ups` are those of a course, by start.
    """

    first: Appointment
    series: Series | None = None
    follow_ups: Sequence[Appointment] = ()

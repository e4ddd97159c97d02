"""The whole course at once: a service, and all that requires it, at the earliest dates that fit."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext

from openslot.appointments import errors
from openslot.appointments.booking import one
from openslot.appointments.booking.asking import Request
from openslot.appointments.booking.drafting import Opened
from openslot.appointments.booking.plan import Date, Missing, Plan
from openslot.appointments.free import overlaps, placing, slots, window
from openslot.appointments.free.overlaps import Frame
from openslot.appointments.free.placing import Place
from openslot.appointments.models import DROPPED, Appointment, Role
from openslot.catalog.models import Service
from openslot.kernel import timerange
from openslot.kernel.timerange import Span
from openslot.kernel.wording import dates

PATIENCE = 5000  # places that are tried before a course is given up
DAY = timedelta(days=1)


class Step(NamedTuple):
    """A place found, for a service whose prerequisite stands at another step (None: at first)."""

    place: Place
    after: int | None


def planned(request: Request, opened: Opened) -> Plan:
    """The plan of a service with its follow-ups, and theirs.

    Each at the earliest start that leaves room for what follows it; where none does, the plan says
    which service is `missing`.
    """
    following = following_of(opened.service)
    plan = one.planned(request, opened, asking=1 + len(following))
    [first] = plan.dates
    if first.start is None:
        return plan
    search = _Search(opened, following)
    steps = search.course(first.wanted)
    if steps is None:
        missing = search.missing()
        return replace(plan.refused(_no_date(missing)), missing=missing)
    dates = [
        Date(step.place, step.place.start, None, after=0 if step.after is None else step.after + 1)
        for step in steps
    ]
    return replace(plan, dates=[first, *dates])


def _no_date(missing: Missing) -> errors.NoDateFits:
    """The error that names the service that finds no date, and the days that were tried."""
    service, first, last, _ = missing
    said = gettext("No time that fits is free for {service} on {first}.")
    if first < last:
        said = gettext("No time that fits is free for {service} between {first} and {last}.")
    days = {"first": dates.of_year(first), "last": dates.of_year(last)}
    return errors.NoDateFits(
        said.format(service=service, **days),
        service=str(service.pk),
        first_day=first,
        last_day=last,
    )


def following_of(service: Service) -> list[Service]:
    """The services that require this one, and those that require them: no circles, so a tree."""
    everything = list(
        Service.objects.offered()
        .filter(provider=service.provider_id, requires__isnull=False)
        .select_related("requires")
        .order_by("requires_min_days", "name", "pk")
    )
    following, links = [], [service.pk]
    while links:
        new = [each for each in everything if each.requires_id in links]
        for each in new:
            each.provider = service.provider
        following += new
        links = [each.pk for each in new]
    return following


@dataclass
class _Search:
    """Looks for places one after the other, and goes back where nothing fits any more."""

    opened: Opened
    services: Sequence[Service]
    free: dict[UUID, list[datetime]] = field(default_factory=dict)
    own: list[Span] = field(default_factory=list)
    booked: Counter[date] = field(default_factory=Counter)
    tries: int = 0
    stuck: Service | None = None
    looked: dict[UUID, tuple[date, date]] = field(default_factory=dict)

    def course(self, first: Place) -> list[Step] | None:
        """A place for each of the services; None where they find none together."""
        if not self.services:
            return []
        self._look(first)
        return self._placed(first, [], list(self._needing(self.opened.service, None)))

    def missing(self) -> Missing:
        """The service that found no date, and the days that were tried."""
        service = self.stuck or self.services[0]
        first, last = self.looked[service.pk]
        ahead = window.last_day(service.provider, self.opened.now)
        return Missing(service, first, last, too_far=first > ahead)

    def _needing(self, service: Service, after: int | None) -> Iterator[tuple[Service, int | None]]:
        return ((each, after) for each in self.services if each.requires_id == service.pk)

    def _placed(
        self, first: Place, done: list[Step], open_: list[tuple[Service, int | None]]
    ) -> list[Step] | None:
        if not open_:
            return done
        (service, after), *rest = open_
        before = first if after is None else done[after].place
        for place in self._candidates(service, before, [first, *(step.place for step in done)]):
            steps = [*done, Step(place, after)]
            course = self._placed(first, steps, [*rest, *self._needing(service, len(done))])
            if course is not None or self.tries > PATIENCE:
                return course
        self.stuck = self.stuck or service
        return None

    def _candidates(
        self, service: Service, before: Place, chosen: Sequence[Place]
    ) -> Iterator[Place]:
        """The first start that fits on each of the right days, in order."""
        zone = service.provider.zone
        ends = before.span.end
        day = ends.astimezone(zone).date()
        low, high = service.requires_min_days or 0, service.requires_max_days or 0
        known = self.looked.get(service.pk, (day + low * DAY, day + high * DAY))
        self.looked[service.pk] = min(known[0], day + low * DAY), max(known[1], day + high * DAY)
        starts = self.free[service.pk]
        opens = max(ends, timerange.instant(day + low * DAY, time.min, zone))
        closes = timerange.instant(day + (high + 1) * DAY, time.min, zone)
        taken: date | None = None
        for start in starts[bisect_left(starts, opens) : bisect_left(starts, closes)]:
            on = start.astimezone(zone).date()
            self.tries += 1
            if self.tries > PATIENCE:
                return
            place = placing.place_for(service, start)
            if on != taken and self._fits(place, on, chosen):
                taken = on
                yield place

    def _fits(self, place: Place, on: date, chosen: Sequence[Place]) -> bool:
        zone, limit = place.provider.zone, place.provider.daily_limit
        if any(place.held.overlaps(other.held) for other in chosen):
            return False
        index = bisect_right(self.own, place.start, key=lambda span: span.end)
        if index < len(self.own) and self.own[index].overlaps(place.span):
            return False
        there = sum(other.start.astimezone(zone).date() == on for other in chosen)
        return limit is None or there == 0 or self.booked[on] + there < limit

    def _look(self, first: Place) -> None:
        """Everything free for every service, and what is taken of the customer's own time."""
        provider, zone = first.provider, first.provider.zone
        longest = self._longest(self.opened.service)
        last = first.span.end.astimezone(zone).date() + timedelta(days=longest + 1)
        within = Span(first.span.end, timerange.instant(last, time.min, zone))
        bound = self.opened.role == Role.CUSTOMER
        for service in self.services:
            self.free[service.pk] = slots.starts(
                service, within=within, now=self.opened.now, bound=bound
            )
        attendee = self.opened.side.attendee
        frame = Frame(within, first.service.pk, first.start)
        [taken] = overlaps.around(
            [frame], provider=provider.pk, attendee=attendee, now=self.opened.now
        )
        self.own = timerange.merged(taken.own)
        if provider.daily_limit is not None:
            counted = Appointment.objects.filter(provider=provider).overlapping(within)
            starts = counted.exclude(status__in=DROPPED).values_list("start", flat=True)
            self.booked = Counter(start.astimezone(zone).date() for start in starts)

    def _longest(self, service: Service) -> int:
        """The most days that a course may take after this service, with a day for each night."""
        each = (
            (after.requires_max_days or 0) + 1 + self._longest(after)
            for after, _ in self._needing(service, None)
        )
        return min(max(each, default=0), 10 * 366)

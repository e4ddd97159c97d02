"""The whole course at once: a service, and all that requires it, at the earliest dates that fit."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from openslot.accounts.models import User
from openslot.appointments import errors, ledger
from openslot.appointments.booking import drafting, mending, prerequisites, single, whom
from openslot.appointments.booking.drafting import Request
from openslot.appointments.free import overlaps, slots
from openslot.appointments.free.slots import Place
from openslot.appointments.models import DROPPED, Appointment, Role, Way
from openslot.catalog.models import Service
from openslot.kernel import timerange
from openslot.kernel.timerange import Span

PATIENCE = 5000  # places that are tried before a course is given up
DAY = timedelta(days=1)


class Step(NamedTuple):
    """A place found, for a service whose prerequisite stands at another step (None: at first)."""

    place: Place
    after: int | None


@transaction.atomic
def book(
    service_id: UUID,
    *,
    by: User,
    start: datetime,
    notes: str = "",
    customer: UUID | whom.Guest | None = None,
    depends_on: UUID | None = None,
    once: bool = False,
    via: Way = Way.UNKNOWN,
) -> tuple[Appointment, list[Appointment]]:
    """Book a service with its follow-ups, and theirs, under one act; they come by start.

    Each at the earliest start that leaves room for what follows it. With `once` a course that
    begins so and is booked already is the answer. Raises what `single.book` raises, and
    `NoDateFits` with the `service` that finds no date from `first_day` to `last_day`.
    """
    start = timerange.bounded(start, field="start")
    request = drafting.opened(service_id, by=by, customer=customer)
    made = _made(request, start) if once else None
    if made is not None:
        return made, prerequisites.chain([made.pk])
    following = following_of(request.service)
    first = single.prepared(
        request, start, notes=notes, depends_on=depends_on, asking=1 + len(following)
    )
    entries = [first]
    for step in _Search(request, following).course(start):
        before = entries[0 if step.after is None else step.after + 1].appointment
        service = step.place.service
        entries.append(
            drafting.drafted(request, step.place.start, service=service, depends_on=before)
        )
    whom.keep(request.customer)
    ledger.written([*entries, *mending.mended(entries)], by=by, via=via)
    follow_ups = [entry.appointment for entry in entries[1:]]
    return first.appointment, sorted(follow_ups, key=lambda each: (each.start, each.pk))


def _made(request: Request, start: datetime) -> Appointment | None:
    mine = Appointment.objects.active().filter(customer_id=request.customer.pk, start=start)
    return mine.filter(service=request.service, dependents__isnull=False).first()


def following_of(service: Service) -> list[Service]:
    """The services that require this one, and those that require them: no circles, so a tree."""
    everything = list(
        Service.objects.offered()
        .filter(provider=service.provider_id, requires__isnull=False)
        .select_related("requires")
        .order_by("requires_min_days", "name", "pk")
    )
    found, links = [], [service.pk]
    while links:
        new = [each for each in everything if each.requires_id in links]
        for each in new:
            each.provider = service.provider
        found += new
        links = [each.pk for each in new]
    return found


@dataclass
class _Search:
    """Looks for places one after the other, and goes back where nothing fits any more."""

    request: Request
    services: Sequence[Service]
    free: dict[UUID, list[datetime]] = field(default_factory=dict)
    own: list[Span] = field(default_factory=list)
    booked: Counter[date] = field(default_factory=Counter)
    tries: int = 0
    stuck: Service | None = None
    looked: dict[UUID, tuple[date, date]] = field(default_factory=dict)

    def course(self, start: datetime) -> list[Step]:
        """A place for each of the services. Raises `SlotUnavailable`."""
        if not self.services:
            return []
        first = self.request.place(start)
        self._look(first)
        found = self._placed(first, [], list(self._needing(self.request.service, None)))
        if found is None:
            raise self._no_date()
        return found

    def _no_date(self) -> errors.NoDateFits:
        """The error that names the service that finds no date, and the days that were tried."""
        service = self.stuck or self.services[0]
        first, last = self.looked[service.pk]
        days = f"on {first:%-d %B %Y}"
        if first < last:
            days = f"between {first:%-d %B %Y} and {last:%-d %B %Y}"
        return errors.NoDateFits(
            f"No time that fits is free for {service} {days}.",
            service=str(service.pk),
            first_day=first,
            last_day=last,
        )

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
            found = self._placed(first, steps, [*rest, *self._needing(service, len(done))])
            if found is not None or self.tries > PATIENCE:
                return found
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
            place = slots.place_for(service, start)
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
        longest = self._longest(self.request.service)
        last = first.span.end.astimezone(zone).date() + timedelta(days=longest + 1)
        within = Span(first.span.end, timerange.instant(last, time.min, zone))
        bound = self.request.role == Role.CUSTOMER
        for service in self.services:
            self.free[service.pk] = slots.starts(
                service, within=within, now=self.request.now, bound=bound
            )
        [taken] = overlaps.around(
            [within], provider=provider.pk, attendee=self.request.customer.user_id
        )
        self.own = timerange.merged(taken.own)
        if provider.daily_limit is not None:
            counted = Appointment.objects.filter(provider=provider).overlapping(within)
            starts = counted.exclude(status__in=DROPPED).values_list("start", flat=True)
            self.booked = Counter(start.astimezone(zone).date() for start in starts)

    def _longest(self, service: Service) -> int:
        """The most days that a course may take after this service, with a day for each night."""
        each = (
            (one.requires_max_days or 0) + 1 + self._longest(one)
            for one, _ in self._needing(service, None)
        )
        return min(max(each, default=0), 10 * 366)

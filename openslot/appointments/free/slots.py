"""What can be booked: the one home of free time.

Page, API, search and the booking check all ask here, so what is shown is what can be booked.
Free time is hours − time off − busy elsewhere − held, one statement (free_time.sql). Each span of
hours begins a grid of its own; a start off the grid is no slot.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import chain, pairwise
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from openslot.accounts.models import Provider
from openslot.appointments import errors
from openslot.appointments.free import free_time, grid, window
from openslot.appointments.free.free_time import MICROSECOND, FreeTime, micros, moment
from openslot.appointments.free.grid import Wish
from openslot.appointments.models import Appointment
from openslot.availability import hours
from openslot.availability.hours import Hours
from openslot.catalog.models import Service
from openslot.kernel import timerange
from openslot.kernel.timerange import Span

DAY = timedelta(days=1)
MIDNIGHT = time.min
PHASES = (3, 14, 60)  # days ahead: *earliest* looks near first, further only where there is no room


class Earliest(NamedTuple):
    """The soonest slot of a provider."""

    service: Service
    slot: Span


class Place(NamedTuple):
    """Where an appointment would stand in its provider's calendar."""

    service: Service
    provider: Provider
    start: datetime
    length: timedelta
    before: timedelta
    after: timedelta

    @property
    def span(self) -> Span:
        return Span(self.start, self.start + self.length)

    @property
    def held(self) -> Span:
        return self.span.widened(before=self.before, after=self.after)


class Prospect(NamedTuple):
    """What the provider's calendar says to a customer about a place."""

    place: Place
    now: datetime
    wish: Wish
    spans: Sequence[Span]
    found: FreeTime | None

    def refusal(self, *, beside: Sequence[Place] = ()) -> errors.Refused | None:
        """What stands against it; `beside` are places taken in the same breath."""
        try:
            self._check(beside)
        except errors.Refused as refusal:
            return refusal
        return None

    def starts(self) -> list[datetime]:
        """The starts that could be had on that date instead."""
        allowed = window.window(self.place.provider, self.now)
        begins = max(self.wish.starts.start, allowed.start)
        ends = min(self.wish.starts.end, allowed.end)
        if self.found is None or begins >= ends:
            return []
        wish = self.wish._replace(starts=Span(begins, ends))
        ranges = grid.starts(wish, self.spans, self.found)
        return [moment(start) for start in sorted(set(chain.from_iterable(ranges)))]

    def _check(self, beside: Sequence[Place]) -> None:
        place, provider = self.place, self.place.provider
        if not _offered(place.service, provider):
            raise errors.SlotUnavailable("This is not offered at the moment.")
        _check_horizon(provider, start=place.start, now=self.now)
        _check_hours(self.spans, place.span, provider=provider)
        if self.found is None:
            raise errors.SlotUnavailable("This is not offered at the moment.")
        if not grid.fits(self.found.willing, place.start, place.length):
            raise errors.SlotUnavailable("The provider is away at that time.")
        counted = [*self.found.counted, *(micros(other.start) for other in beside)]
        full = grid.full_days(provider, counted)
        if place.start.astimezone(provider.zone).date() in full:
            raise errors.LimitReached("No more appointments are taken on that day. Choose another.")
        if not grid.fits(self.found.free, place.start, place.length):
            raise errors.SlotTaken


def place_for(service: Service, start: datetime) -> Place:
    """Where a new appointment of the service would stand."""
    return Place(service, service.provider, start, service.duration, *service.buffers)


def place_of(appointment: Appointment, start: datetime) -> Place:
    """Where an appointment would stand that begins at `start` instead, as it was agreed."""
    return Place(
        appointment.service,
        appointment.provider,
        start,
        appointment.duration,
        *appointment.buffers,
    )


def slots(
    service: Service,
    *,
    first: date,
    last: date,
    zone: ZoneInfo,
    now: datetime,
    instead_of: Appointment | None = None,
) -> list[tuple[date, list[Span]]]:
    """Every date from `first` to `last` of `zone`, in order, with the slots that start on it.

    Only slots that a customer's booking made at `now` would get; `instead_of` an appointment of
    the service, those that it could have for a new time: it keeps its length and buffers, its
    time is free, and where it stands is no new time. `service` comes with its provider
    (select_related). At most four queries with the one that fetched the service.
    """
    days: dict[date, list[Span]] = {day: [] for day in timerange.days(first, last)}
    today = now.astimezone(zone).date()
    soonest = max(first, today)
    latest = min(last, today + timedelta(days=service.provider.booking_window_days + 2))
    if soonest > latest:
        return list(days.items())
    bounds = [timerange.instant(day, MIDNIGHT, zone) for day in timerange.days(soonest, latest)]
    end = timerange.instant(latest + DAY, MIDNIGHT, zone)
    wishes = list(_wishes([service], within=Span(bounds[0], end), now=now, instead_of=instead_of))
    known = _hours(wishes)
    edges = [micros(bound) for bound in bounds]
    for index, ranges in _search(wishes, known, instead_of=instead_of).items():
        for start in sorted(set(chain.from_iterable(ranges))):
            day = soonest + timedelta(days=bisect_right(edges, start) - 1)
            begins = moment(start)
            days[day].append(Span(begins, begins + wishes[index].length))
    return list(days.items())


def check(
    service: Service, *, start: datetime, now: datetime, instead_of: Appointment | None = None
) -> None:
    """Whether a customer may have this start at `now`, `instead_of` one whose time is free then.

    Raises `SlotTaken` for an overlap with an appointment, `LimitReached` for a full day,
    `SlotUnavailable` for all else (hours, grid, notice, window, time off, busy, inactive).
    """
    place = place_for(service, start) if instead_of is None else place_of(instead_of, start)
    [prospect] = prospects([place], now=now, ignoring=[instead_of.pk] if instead_of else [])
    refusal = prospect.refusal()
    if refusal is not None:
        raise refusal


def prospects(
    places: Sequence[Place],
    *,
    now: datetime,
    ignoring: Collection[UUID] = (),
    whole_days: bool = False,
) -> list[Prospect]:
    """What a customer may expect of each place at `now`; three queries, however many there are.

    The time of the appointments in `ignoring` counts as free. With `whole_days` other starts on the
    same date of the provider's zone can be asked for, too.
    """
    wishes = []
    for place in places:
        starts = Span(place.start, place.start + MICROSECOND)
        if whole_days:
            zone = place.provider.zone
            starts = timerange.day_span(place.start.astimezone(zone).date(), zone)
        wishes.append(
            Wish(place.service, place.provider, place.length, place.before, place.after, starts)
        )
    known = _hours(wishes)
    candidates = [_candidate(wish, _open(wish, known)) for wish in wishes]
    found = free_time.find(candidates, ignoring=ignoring, explain=True)
    return [
        Prospect(place, now, wish, candidate.hours, found.get(index))
        for index, (place, wish, candidate) in enumerate(
            zip(places, wishes, candidates, strict=True)
        )
    ]


def starts(service: Service, *, within: Span, now: datetime, bound: bool = True) -> list[datetime]:
    """Every start of the service in the span that its provider has free, soonest first.

    Without `bound` notice and window do not count, only that it is not over. Three queries.
    """
    if bound:
        wishes = list(_wishes([service], within=within, now=now))
    else:
        before, after = service.buffers
        ahead = Span(max(within.start, now), within.end)
        wishes = [Wish(service, service.provider, service.duration, before, after, ahead)]
        wishes = [wish for wish in wishes if ahead.start < ahead.end]
    ranges = _search(wishes, _hours(wishes)).get(0, [])
    return [moment(start) for start in sorted(set(chain.from_iterable(ranges)))]


def earliest(
    services: Iterable[Service],
    *,
    limit: int,
    now: datetime,
    instead_of: Appointment | None = None,
) -> list[Earliest]:
    """The soonest slot of each provider among these services, soonest first, at most `limit`.

    `instead_of` as in `slots`. The services come with their providers. At most six queries, however
    many there are.
    """
    everything = list(services)
    horizon = max((window.window(s.provider, now).end for s in everything), default=now)
    known = _hours(
        list(_wishes(everything, within=Span(now, horizon), now=now, instead_of=instead_of))
    )
    found: dict[UUID, Earliest] = {}
    edges = [now, *(now + timedelta(days=days) for days in PHASES), horizon]
    for first, last in pairwise(edges):
        left = [service for service in everything if service.provider_id not in found]
        within = Span(first, min(last, horizon))
        wishes = list(_wishes(left, within=within, now=now, instead_of=instead_of))
        for index, ranges in _search(wishes, known, instead_of=instead_of).items():
            wish = wishes[index]
            start = moment(min(each.start for each in ranges))
            best = found.get(wish.provider.pk)
            if best is None or start < best.slot.start:
                slot = Span(start, start + wish.length)
                found[wish.provider.pk] = Earliest(wish.service, slot)
        if len(found) >= limit:
            break
    return sorted(found.values(), key=lambda each: each.slot.start)[:limit]


def with_room(providers: Sequence[Provider], *, on: date, now: datetime) -> set[UUID]:
    """Those of the providers who have a slot of any service on that date of their own zone."""
    services = Service.objects.offered().filter(provider__in=[each.pk for each in providers])
    wishes = [
        wish
        for service in services.select_related("provider")
        if _in_window(service.provider, on, now)
        for wish in _wishes(
            [service], within=timerange.day_span(on, service.provider.zone), now=now
        )
    ]
    return {wishes[index].provider.pk for index in _search(wishes, _hours(wishes))}


def _offered(service: Service, provider: Provider) -> bool:
    return service.active and service.removed_at is None and provider.active


def _in_window(provider: Provider, day: date, now: datetime) -> bool:
    return now.astimezone(provider.zone).date() <= day <= window.last_day(provider, now)


def _wishes(
    services: Iterable[Service],
    *,
    within: Span,
    now: datetime,
    instead_of: Appointment | None = None,
) -> Iterator[Wish]:
    """What these services look for inside `within`; without any time to start, nothing."""
    for service in services:
        if not _offered(service, service.provider):
            continue
        allowed = window.window(service.provider, now)
        starts = Span(max(within.start, allowed.start), min(within.end, allowed.end))
        if starts.start < starts.end:
            agreed = instead_of or service
            before, after = agreed.buffers
            yield Wish(service, service.provider, agreed.duration, before, after, starts)


def _hours(wishes: Sequence[Wish]) -> Mapping[UUID, Hours]:
    """What the wishes' providers have written down; two queries."""
    if not wishes:
        return {}
    dates = [hours.dates_around(wish.frame, wish.provider.zone) for wish in wishes]
    return hours.loaded(
        [wish.provider for wish in wishes],
        first=min(first for first, _ in dates),
        last=max(last for _, last in dates),
    )


def _open(wish: Wish, known: Mapping[UUID, Hours]) -> list[Span]:
    week, special = known[wish.provider.pk]
    first, last = hours.dates_around(wish.frame, wish.provider.zone)
    return hours.open_spans(week, special, zone=wish.provider.zone, first=first, last=last)


def _candidate(wish: Wish, spans: Sequence[Span]) -> free_time.Candidate:
    counted = None
    if wish.provider.daily_limit is not None:
        zone = wish.provider.zone
        first = wish.starts.start.astimezone(zone).date()
        last = (wish.starts.end - MICROSECOND).astimezone(zone).date()
        counted = Span(timerange.day_span(first, zone).start, timerange.day_span(last, zone).end)
    return free_time.Candidate(wish.provider, wish.before, wish.after, spans, wish.frame, counted)


def _search(
    wishes: Sequence[Wish], known: Mapping[UUID, Hours], *, instead_of: Appointment | None = None
) -> dict[int, list[range]]:
    """The starts that each wish finds (microseconds), by its index; who finds none is left out.

    One statement. Wishes of one provider with the same buffers share a candidate. The time of the
    appointment that it is `instead_of` is free, its own start left out.
    """
    shared: dict[tuple[UUID, timedelta, timedelta], Wish] = {}
    for wish in wishes:
        key = wish.provider.pk, wish.before, wish.after
        longest = shared.get(key)
        if longest is None or longest.length < wish.length:
            shared[key] = wish
    numbers = {key: number for number, key in enumerate(shared)}
    candidates = [_candidate(wish, _open(wish, known)) for wish in shared.values()]
    found = free_time.find(candidates, ignoring=[instead_of.pk] if instead_of else [])
    answers = {}
    for index, wish in enumerate(wishes):
        number = numbers[wish.provider.pk, wish.before, wish.after]
        if number in found:
            ranges = list(grid.starts(wish, candidates[number].hours, found[number]))
            if instead_of is not None:
                ranges = list(grid.without(ranges, instead_of.start))
            if ranges:
                answers[index] = ranges
    return answers


def _check_horizon(provider: Provider, *, start: datetime, now: datetime) -> None:
    allowed = window.window(provider, now)
    if start < now:
        raise errors.SlotUnavailable("That time has passed.")
    if start < allowed.start:
        minutes = provider.minimum_notice_minutes
        raise errors.SlotUnavailable(
            f"That is too soon: this provider asks for {_in_words(minutes)} of notice."
        )
    if start >= allowed.end:
        days = provider.booking_window_days
        raise errors.SlotUnavailable(
            f"That is too far ahead: this provider can be booked {days} days ahead."
        )


def _in_words(minutes: int) -> str:
    for size, name in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes % size == 0:
            count = minutes // size
            return f"{count} {name}" if count == 1 else f"{count} {name}s"
    raise AssertionError


def _check_hours(spans: Sequence[Span], wanted: Span, *, provider: Provider) -> None:
    if not any(span.contains(wanted) for span in timerange.merged(spans)):
        raise errors.SlotUnavailable("The provider does not work at that time.")
    step = timedelta(minutes=provider.slot_step_minutes)
    if not any(
        span.start <= wanted.start < span.end and not (wanted.start - span.start) % step
        for span in spans
    ):
        raise errors.SlotUnavailable("Appointments do not start at that time. Choose one shown.")

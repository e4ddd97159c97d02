"""What can be booked: the one home of free time.

Page, API, search and the booking check all ask here, so what is shown is what can be booked.
Free time is hours − time off − busy elsewhere − held, one statement (free_time.sql). Each span of
hours begins a grid of its own; a start off the grid is no slot.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from heapq import merge
from itertools import chain, groupby, islice, pairwise
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from openslot.accounts.models import Provider
from openslot.appointments.free import grid, window, wishes
from openslot.appointments.free.grid import Wish
from openslot.appointments.free.holding import NOBODYS, Claim
from openslot.appointments.free.times import micros, moment
from openslot.appointments.free.weeks import Reader
from openslot.appointments.models import Appointment
from openslot.catalog.models import Service
from openslot.kernel import timerange
from openslot.kernel.timerange import Span

DAY = timedelta(days=1)
MIDNIGHT = time.min
TRIES = 5  # to find everything as it stood at one moment, beside others who write
WHOLE_DAY = range(24)
PHASES = (3, 14, 60)  # days ahead: *earliest* looks near first, further only where there is no room


class Earliest(NamedTuple):
    """The soonest slot of a provider."""

    service: Service
    slot: Span


class Listed(NamedTuple):
    """Every date of a span with its starts, microseconds of the epoch, all of one length."""

    length: timedelta
    days: list[tuple[date, Sequence[int]]]

    def span(self, start: int) -> Span:
        begins = moment(start)
        return Span(begins, begins + self.length)


@dataclass(frozen=True)
class When:
    """When somebody has time: on a day, at certain hours, by the clock of a zone.

    Without a zone each provider's own clock counts.
    """

    day: date | None = None
    hours: range = WHOLE_DAY
    zone: ZoneInfo | None = None
    days_ahead: int | None = None

    def cut(self, span: Span, provider: Provider) -> Span:
        """What of the span lies on the day; nothing is left of one that does not."""
        if self.day is None:
            return span
        day = timerange.day_span(self.day, self.zone or provider.zone)
        start = max(span.start, day.start)
        return Span(start, max(start, min(span.end, day.end)))

    def phases(self, span: Span) -> list[Span]:
        """The near days first; a single day is looked at at once."""
        if self.day:
            return [span]
        ahead = (span.start + timedelta(days=days) for days in PHASES)
        edges = [span.start, *(edge for edge in ahead if edge < span.end), span.end]
        return [Span(*pair) for pair in pairwise(edges)]

    def first(self, ranges: Iterable[range], wish: Wish, many: int) -> Iterable[int]:
        """The first starts (microseconds) at these hours, each once."""
        if many == 1 and self.hours == WHOLE_DAY:
            return [min(each.start for each in ranges)]
        zone = self.zone or wish.provider.zone
        in_order = (start for start, _ in groupby(merge(*ranges)))
        if self.hours != WHOLE_DAY:
            in_order = (
                start for start in in_order if moment(start).astimezone(zone).hour in self.hours
            )
        return islice(in_order, many)


ANY_TIME = When()


def slots(
    service: Service,
    *,
    first: date,
    last: date,
    zone: ZoneInfo,
    now: datetime,
    instead_of: Appointment | None = None,
    as_read: bool = False,
    claim: Claim = NOBODYS,
) -> list[tuple[date, list[Span]]]:
    """Every date from `first` to `last` of `zone`, in order, with the slots that start on it.

    Only slots that a customer's booking made at `now` would get; `instead_of` an appointment of
    the service, those that it could have for a new time: it keeps its length and buffers, its
    time is free, and where it stands is no new time. `service` comes with its provider
    (select_related); where it was written to since, it is read again. At most four queries with
    the one that fetched the service, two where memory has the answer; with `as_read`, for whoever
    read it just now, that one alone. `claim` is what the reader may be about to book already.
    """
    found = listed(
        service,
        first=first,
        last=last,
        zone=zone,
        now=now,
        instead_of=instead_of,
        as_read=as_read,
        claim=claim,
    )
    return [(day, [found.span(start) for start in starts]) for day, starts in found.days]


def listed(
    service: Service,
    *,
    first: date,
    last: date,
    zone: ZoneInfo,
    now: datetime,
    instead_of: Appointment | None = None,
    as_read: bool = False,
    claim: Claim = NOBODYS,
) -> Listed:
    """`slots` as whole numbers, for whoever has many of them to say and no use for objects."""
    for _ in range(TRIES):
        found, settled = _on(
            service,
            first=first,
            last=last,
            zone=zone,
            now=now,
            instead_of=instead_of,
            as_read=as_read,
            claim=claim,
        )
        if settled:
            break
        service = Service.objects.select_related("provider").get(pk=service.pk)
    return found


def _on(
    service: Service,
    *,
    first: date,
    last: date,
    zone: ZoneInfo,
    now: datetime,
    instead_of: Appointment | None,
    as_read: bool,
    claim: Claim,
) -> tuple[Listed, bool]:
    """The dates with their starts; and whether nothing was written while they were looked for."""
    days: dict[date, Sequence[int]] = dict.fromkeys(timerange.days(first, last), ())
    length = (instead_of or service).duration
    today = now.astimezone(zone).date()
    soonest = max(first, today)
    latest = min(last, today + timedelta(days=service.provider.booking_window_days + 2))
    if soonest > latest:
        return Listed(length, list(days.items())), True
    bounds = [
        timerange.instant(day, MIDNIGHT, zone) for day in timerange.days(soonest, latest + DAY)
    ]
    within = Span(bounds[0], bounds[-1])
    wanted = list(
        wishes.of_services([service], within=within, now=now, instead_of=instead_of, claim=claim)
    )
    reader = _reader(wanted, within=within, instead_of=instead_of, as_read=as_read)
    ranges = _search(wanted, reader, instead_of=instead_of).get(0, [])
    numbers = sorted(set(chain.from_iterable(ranges)))
    edges = [bisect_left(numbers, micros(bound)) for bound in bounds]
    for day, (opens, closes) in zip(timerange.days(soonest, latest), pairwise(edges), strict=True):
        days[day] = numbers[opens:closes]
    return Listed(length, list(days.items())), reader.settled


def starts(service: Service, *, within: Span, now: datetime, bound: bool = True) -> list[datetime]:
    """Every start of the service in the span that its provider has free, soonest first.

    Without `bound` notice and window do not count, only that it is not over. Three queries.
    """
    if bound:
        wanted = list(wishes.of_services([service], within=within, now=now))
    else:
        before, after = service.buffers
        ahead = Span(max(within.start, now), within.end)
        wanted = [Wish(service, service.provider, service.duration, before, after, ahead, now)]
        wanted = [wish for wish in wanted if ahead.start < ahead.end]
    ranges = _search(wanted, _reader(wanted, within=within)).get(0, [])
    return [moment(start) for start in sorted(set(chain.from_iterable(ranges)))]


def earliest(
    services: Iterable[Service],
    *,
    limit: int,
    now: datetime,
    instead_of: Appointment | None = None,
    as_read: bool = False,
    claim: Claim = NOBODYS,
) -> list[Earliest]:
    """The soonest slot of each provider among these services, soonest first, at most `limit`.

    `instead_of`, `as_read` and `claim` as in `slots`. The services come with their providers. At
    most six queries, however many there are.
    """
    looks: dict[str, Any] = {"instead_of": instead_of, "as_read": as_read, "claim": claim}
    found = coming(services, each=1, enough=limit, now=now, **looks)
    soonest = (times[0] for times in found.values())
    return sorted(soonest, key=lambda each: each.slot.start)[:limit]


def coming(
    services: Iterable[Service],
    *,
    each: int,
    now: datetime,
    when: When = ANY_TIME,
    enough: int | None = None,
    instead_of: Appointment | None = None,
    as_read: bool = False,
    claim: Claim = NOBODYS,
) -> dict[UUID, list[Earliest]]:
    """The next starts of each provider among these services, at most `each`, by the provider's id.

    Who has none is left out. With `enough` providers found nobody looks further ahead. The services
    come with their providers. At most six queries, however many there are.
    """
    everything = list(services)
    looks: dict[str, Any] = {"now": now, "instead_of": instead_of, "claim": claim}
    within = Span(now, _horizon(everything, when, now))
    whole = _wishes(everything, when, within=within, **looks)
    reader = _reader(whole, within=within, instead_of=instead_of, as_read=as_read)
    found: dict[UUID, list[Earliest]] = {}
    for span in when.phases(within):
        left = [service for service in everything if _few(found, service, each)]
        wanted = _wishes(left, when, within=span, **looks)
        for index, ranges in _search(wanted, reader, instead_of=instead_of).items():
            _add(found, wanted[index], when.first(ranges, wanted[index], each), each=each)
        if enough is not None and len(found) >= enough:
            break
    return found


def _horizon(services: Sequence[Service], when: When, now: datetime) -> datetime:
    """How far anybody's bookings reach, and no further than is meant."""
    last = max((window.window(service.provider, now).end for service in services), default=now)
    return last if when.days_ahead is None else min(last, now + timedelta(days=when.days_ahead))


def _few(found: dict[UUID, list[Earliest]], service: Service, each: int) -> bool:
    return len(found.get(service.provider_id, ())) < each


def _wishes(services: Iterable[Service], when: When, *, within: Span, **looks: Any) -> list[Wish]:
    """What the services look for within the span, and on the day that is meant."""
    return [
        wish
        for service in services
        for wish in wishes.of_services(
            [service], within=when.cut(within, service.provider), **looks
        )
    ]


def _add(
    found: dict[UUID, list[Earliest]], wish: Wish, starts: Iterable[int], *, each: int
) -> None:
    """Take in a service's next starts; of two services at one moment the first counts."""
    known = found.get(wish.provider.pk, [])
    taken = {one.slot.start for one in known}
    new = [
        Earliest(wish.service, Span(start, start + wish.length))
        for start in map(moment, starts)
        if start not in taken
    ]
    if known or new:
        found[wish.provider.pk] = sorted([*known, *new], key=lambda one: one.slot.start)[:each]


def with_room(providers: Sequence[Provider], *, on: date, now: datetime) -> set[UUID]:
    """Those of the providers who have a slot of any service on that date of their own zone."""
    services = Service.objects.offered().filter(provider__in=[each.pk for each in providers])
    wanted = [
        wish
        for service in services.select_related("provider")
        if _in_window(service.provider, on, now)
        for wish in wishes.of_services(
            [service], within=timerange.day_span(on, service.provider.zone), now=now
        )
    ]
    whole = Span(now, now + DAY)
    for wish in wanted:
        whole = Span(min(whole.start, wish.starts.start), max(whole.end, wish.starts.end))
    reader = _reader(wanted, within=whole)
    return {wanted[index].provider.pk for index in _search(wanted, reader)}


def _in_window(provider: Provider, day: date, now: datetime) -> bool:
    return now.astimezone(provider.zone).date() <= day <= window.last_day(provider, now)


def _reader(
    wanted: Sequence[Wish],
    *,
    within: Span,
    instead_of: Appointment | None = None,
    as_read: bool = False,
) -> Reader:
    """What is known of the wishes' providers; the time of what it is `instead_of` is free."""
    ignoring = [instead_of.pk] if instead_of else []
    providers = [wish.provider for wish in wanted]
    return Reader(providers, within, ignoring=ignoring, as_read=as_read)


def _search(
    wanted: Sequence[Wish], reader: Reader, *, instead_of: Appointment | None = None
) -> dict[int, list[range]]:
    """The starts that each wish finds (microseconds), by its index; who finds none is left out.

    The own start of what it is `instead_of` is left out.
    """
    answers = {}
    for index, (wish, weeks) in enumerate(zip(wanted, reader.weeks(wanted), strict=True)):
        ranges = list(grid.starts(wish, weeks))
        if instead_of is not None:
            ranges = list(grid.without(ranges, instead_of.start))
        if ranges:
            answers[index] = ranges
    return answers

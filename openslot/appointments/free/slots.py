"""What can be booked: the one home of free time.

Page, API, search and the booking check all ask here, so what is shown is what can be booked.
Free time is hours − time off − busy elsewhere − held, one statement (free_time.sql). Each span of
hours begins a grid of its own; a start off the grid is no slot.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import chain, pairwise
from typing import NamedTuple
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
PHASES = (3, 14, 60)  # days ahead: *earliest* looks near first, further only where there is no room


class Earliest(NamedTuple):
    """The soonest slot of a provider."""

    service: Service
    slot: Span


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
    for _ in range(TRIES):
        days, settled = _on(
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
    return list(days.items())


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
) -> tuple[dict[date, list[Span]], bool]:
    """The dates with their slots; and whether nothing was written while they were looked for."""
    days: dict[date, list[Span]] = {day: [] for day in timerange.days(first, last)}
    today = now.astimezone(zone).date()
    soonest = max(first, today)
    latest = min(last, today + timedelta(days=service.provider.booking_window_days + 2))
    if soonest > latest:
        return days, True
    bounds = [timerange.instant(day, MIDNIGHT, zone) for day in timerange.days(soonest, latest)]
    end = timerange.instant(latest + DAY, MIDNIGHT, zone)
    within = Span(bounds[0], end)
    wanted = list(
        wishes.of_services([service], within=within, now=now, instead_of=instead_of, claim=claim)
    )
    edges = [micros(bound) for bound in bounds]
    reader = _reader(wanted, within=Span(bounds[0], end), instead_of=instead_of, as_read=as_read)
    for index, ranges in _search(wanted, reader, instead_of=instead_of).items():
        for start in sorted(set(chain.from_iterable(ranges))):
            day = soonest + timedelta(days=bisect_right(edges, start) - 1)
            begins = moment(start)
            days[day].append(Span(begins, begins + wanted[index].length))
    return days, reader.settled


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
    claim: Claim = NOBODYS,
) -> list[Earliest]:
    """The soonest slot of each provider among these services, soonest first, at most `limit`.

    `instead_of` and `claim` as in `slots`. The services come with their providers. At most six
    queries, however many there are.
    """
    everything = list(services)
    horizon = max((window.window(s.provider, now).end for s in everything), default=now)
    within = Span(now, horizon)
    reader = _reader(
        list(
            wishes.of_services(
                everything, within=within, now=now, instead_of=instead_of, claim=claim
            )
        ),
        within=within,
        instead_of=instead_of,
    )
    soonest: dict[UUID, Earliest] = {}
    edges = [now, *(now + timedelta(days=days) for days in PHASES), horizon]
    for first, last in pairwise(edges):
        left = [service for service in everything if service.provider_id not in soonest]
        within = Span(first, min(last, horizon))
        wanted = list(
            wishes.of_services(left, within=within, now=now, instead_of=instead_of, claim=claim)
        )
        for index, ranges in _search(wanted, reader, instead_of=instead_of).items():
            wish = wanted[index]
            start = moment(min(each.start for each in ranges))
            best = soonest.get(wish.provider.pk)
            if best is None or start < best.slot.start:
                slot = Span(start, start + wish.length)
                soonest[wish.provider.pk] = Earliest(wish.service, slot)
        if len(soonest) >= limit:
            break
    return sorted(soonest.values(), key=lambda each: each.slot.start)[:limit]


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

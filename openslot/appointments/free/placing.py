"""Where appointments would stand, and what a customer may expect of each place."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext, ngettext

from openslot.accounts.models import Provider
from openslot.appointments import errors
from openslot.appointments.free import grid, holding, window, wishes
from openslot.appointments.free.grid import Week, Wish
from openslot.appointments.free.holding import NOBODYS, Claim
from openslot.appointments.free.times import MICROSECOND, micros, moment
from openslot.appointments.free.weeks import Reader
from openslot.appointments.models import Appointment
from openslot.catalog.models import Service
from openslot.kernel import timerange
from openslot.kernel.timerange import Span


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
    weeks: Sequence[Week]

    @property
    def week(self) -> Week:
        """The one that it would start in."""
        start = micros(self.place.start)
        return next(week for week in self.weeks if week.opens <= start < week.closes)

    @property
    def claimed(self) -> bool:
        """Whether the caller holds it."""
        left, place = self.week.left, self.place
        return left is not None and holding.claimed(
            left.holds,
            now=self.now,
            claim=self.wish.claim,
            service=place.service.pk,
            start=micros(place.start),
        )

    @property
    def settled(self) -> bool:
        """Whether it is what stood at one moment: nothing was written while it was read."""
        left = self.week.left
        return left is not None and left.revision == self.place.provider.revision

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
        if begins >= ends:
            return []
        wish = self.wish._replace(starts=Span(begins, ends))
        ranges = grid.starts(wish, self.weeks)
        return [moment(start) for start in sorted(set(chain.from_iterable(ranges)))]

    def _check(self, beside: Sequence[Place]) -> None:
        place, provider = self.place, self.place.provider
        if not wishes.offered(place.service, provider):
            raise errors.SlotUnavailable(gettext("This is not offered at the moment."))
        _check_horizon(provider, start=place.start, now=self.now)
        left = self.week.left
        _check_hours(self.week.hours_around(place.span), place.span, provider=provider)
        if left is None:
            raise errors.SlotUnavailable(gettext("This is not offered at the moment."))
        if not grid.fits(left.willing, place.start, place.length):
            raise errors.SlotUnavailable(gettext("The provider is away at that time."))
        counted = [*left.counted, *(micros(other.start) for other in beside)]
        full = grid.full_days(provider, counted)
        if place.start.astimezone(provider.zone).date() in full:
            raise errors.LimitReached(
                gettext("No more appointments are taken on that day. Choose another.")
            )
        others = holding.against(
            left.holds,
            now=self.now,
            claim=self.wish.claim,
            service=place.service.pk,
            start=micros(place.start),
        )
        free = grid.free(left, others, place.before, place.after)
        if not grid.fits(free, place.start, place.length):
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


def prospects(
    places: Sequence[Place],
    *,
    now: datetime,
    ignoring: Collection[UUID] = (),
    whole_days: bool = False,
    explain: bool = False,
    as_read: bool = False,
    narrow: bool = False,
    claim: Claim = NOBODYS,
) -> list[Prospect]:
    """What a customer may expect of each place at `now`; three queries, however many there are.
    The time of the appointments in `ignoring` counts as free. With `whole_days` other starts on the
    same date of the provider's zone can be asked for, too. `as_read` and `narrow` are the
    reader's (weeks.py).
    """
    wanted: list[Wish] = []
    for place in places:
        starts = Span(place.start, place.start + MICROSECOND)
        if whole_days:
            zone = place.provider.zone
            starts = timerange.day_span(place.start.astimezone(zone).date(), zone)
        wanted.append(
            Wish(
                place.service,
                place.provider,
                place.length,
                place.before,
                place.after,
                starts,
                now,
                claim,
            )
        )
    if not wanted:
        return []
    whole = Span(min(each.starts.start for each in wanted), max(each.starts.end for each in wanted))
    providers = {each.provider.pk: each.provider for each in wanted}
    reader = Reader(
        providers.values(),
        whole,
        ignoring=ignoring,
        explain=explain,
        as_read=as_read,
        narrow=narrow,
    )
    return [
        Prospect(place, now, wish, weeks)
        for place, wish, weeks in zip(places, wanted, reader.weeks(wanted), strict=True)
    ]


def _check_horizon(provider: Provider, *, start: datetime, now: datetime) -> None:
    allowed = window.window(provider, now)
    if start < now:
        raise errors.SlotUnavailable(gettext("That time has passed."))
    if start < allowed.start:
        minutes = provider.minimum_notice_minutes
        raise errors.SlotUnavailable(
            gettext("That is too soon: this provider asks for {time} of notice.").format(
                time=_in_words(minutes)
            )
        )
    if start >= allowed.end:
        days = provider.booking_window_days
        raise errors.SlotUnavailable(
            gettext("That is too far ahead: this provider can be booked {days} days ahead.").format(
                days=days
            )
        )


def _in_words(minutes: int) -> str:
    if minutes % 1440 == 0:
        count = minutes // 1440
        return ngettext("{count} day", "{count} days", count).format(count=count)
    if minutes % 60 == 0:
        count = minutes // 60
        return ngettext("{count} hour", "{count} hours", count).format(count=count)
    return ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes)


def _check_hours(spans: Sequence[Span], wanted: Span, *, provider: Provider) -> None:
    if not any(span.contains(wanted) for span in timerange.merged(spans)):
        raise errors.SlotUnavailable(gettext("The provider does not work at that time."))
    if not grid.begins(spans, wanted.start, provider=provider):
        raise errors.SlotUnavailable(
            gettext("Appointments do not start at that time. Choose one shown.")
        )

"""Why customers cannot book a service at an instant: everything that stands in the way.

What takes time is said by the statement that lists slots (free_time.sql), and whether it can be
booked by the check that books, so no answer here contradicts what is offered.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from openslot.appointments.free import grid, holding, placing, window, wishes
from openslot.appointments.free.placing import Place, Prospect
from openslot.appointments.free.times import moment
from openslot.appointments.models import Appointment
from openslot.catalog.models import Service
from openslot.kernel import timerange
from openslot.kernel.timerange import Span

DETAILS = {
    "inactive": _("It is not offered: the service or the page is switched off."),
    "past": _("It has passed."),
    "notice": _("It is sooner than your notice allows."),
    "window": _("It is further ahead than you can be booked."),
    "outside_hours": _("It is outside your hours."),
    "off_grid": _("No appointment starts at that minute, by your steps from the opening on."),
    "time_off": _("You have taken time off."),
    "busy_elsewhere": _("You are busy in another calendar."),
    "appointment": _("There is an appointment."),
    "buffer": _("The time kept free around an appointment reaches into it."),
    "held": _("Somebody is about to book it."),
    "daily_limit": _("Your limit for that day is reached."),
}


class Reason(NamedTuple):
    """One thing in the way; `span` is its time and `appointment` its id, where it has them."""

    code: str
    span: Span | None = None
    appointment: UUID | None = None

    @property
    def detail(self) -> str:
        return str(DETAILS[self.code])


class Answer(NamedTuple):
    """`bookable` exactly where the list of slots shows the start; then there are no reasons."""

    span: Span
    bookable: bool
    reasons: list[Reason]


def why(service: Service, start: datetime, *, now: datetime) -> Answer:
    """What keeps a customer from booking the service at `start` if they tried at `now`.

    The service comes with its provider and the provider's user. At most five queries.
    """
    place = placing.place_for(service, start)
    [prospect] = placing.prospects([place], now=now, explain=True)
    reasons = [
        *_general(place, now=now),
        *_of_hours(prospect),
        *_of_obstacles(prospect),
        *_of_limits(prospect),
    ]
    return Answer(place.span, prospect.refusal() is None, reasons)


def _general(place: Place, *, now: datetime) -> Iterator[Reason]:
    provider, allowed = place.provider, window.window(place.provider, now)
    if not wishes.offered(place.service, provider) or not (
        provider.user and provider.user.is_active
    ):
        yield Reason("inactive")
    if place.start < now:
        yield Reason("past")
    elif place.start < allowed.start:
        yield Reason("notice", Span(now, allowed.start))
    elif place.start >= allowed.end:
        yield Reason("window")


def _of_hours(prospect: Prospect) -> Iterator[Reason]:
    place = prospect.place
    spans = prospect.week.hours_around(place.span)
    if not any(span.contains(place.span) for span in timerange.merged(spans)):
        yield Reason("outside_hours")
    elif not grid.begins(spans, place.start, provider=place.provider):
        yield Reason("off_grid")


def _of_obstacles(prospect: Prospect) -> Iterator[Reason]:
    """What takes time, appointments by what of them meets: their own time, or a buffer."""
    place = prospect.place
    met = [each for each in _obstacles(prospect) if place.held.overlaps(each.span)]
    yield from (each for each in met if each.appointment is None)
    yield from _of_holds(prospect)
    known = {each.appointment for each in met}
    for appointment in Appointment.objects.filter(pk__in=known - {None}).by_start():
        yield _of_appointment(appointment, place.span)


def _obstacles(prospect: Prospect) -> Iterator[Any]:
    left = prospect.week.left
    for each in left.obstacles if left else ():
        span = Span(moment(each["start"]), moment(each["end"]))
        pk = each["appointment"]
        yield Reason(each["kind"], span, UUID(pk) if pk else None)


def _of_holds(prospect: Prospect) -> Iterator[Reason]:
    """What others are about to book: when, and not who."""
    place, left = prospect.place, prospect.week.left
    for each in holding.live(left.holds if left else (), prospect.now):
        if place.held.overlaps(Span(moment(each.opens), moment(each.closes))):
            yield Reason("held", Span(moment(each.start), moment(each.end)))


def _of_appointment(appointment: Appointment, wanted: Span) -> Reason:
    own = [appointment.span, *([appointment.proposed] if appointment.proposed else [])]
    met = next((span for span in own if span.overlaps(wanted)), None)
    if met is not None:
        return Reason("appointment", met, appointment.pk)
    near = min(own, key=lambda span: max(span.start - wanted.end, wanted.start - span.end))
    return Reason("buffer", near, appointment.pk)


def _of_limits(prospect: Prospect) -> Iterator[Reason]:
    place, provider = prospect.place, prospect.place.provider
    day, left = place.start.astimezone(provider.zone).date(), prospect.week.left
    if left and day in grid.full_days(provider, left.counted):
        yield Reason("daily_limit", timerange.day_span(day, provider.zone))

"""Appointments as iCalendar (RFC 5545): invitations (RFC 5546), files and feeds.

One appointment has one UID for ever and a SEQUENCE that rises when its time changes or it ends,
so a calendar that gets it again brings its entry up to date. Times are in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vDuration, vText

from openslot.appointments import sides
from openslot.appointments.models import DROPPED, Appointment, Role, Status
from openslot.kernel.wording import texts
from openslot.notifications import links

PRODUCT = "-//OpenSlot//OpenSlot//EN"
REFRESH = timedelta(minutes=15)
CONTROLS = dict.fromkeys([*range(9), *range(10, 32), *range(127, 160)])  # RFC 5545: in no text
ESCAPED = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n"})
STATUSES = {
    Status.PENDING: "TENTATIVE",
    **dict.fromkeys((Status.CONFIRMED, Status.COMPLETED, Status.NO_SHOW), "CONFIRMED"),
    **dict.fromkeys(DROPPED, "CANCELLED"),
}


class Escaped(vText):
    """A text as RFC 5545 3.3.11 has it: every sign that is one, line ends of every kind as one.

    The library takes a backslash before N for a line end.
    """

    def to_ical(self) -> bytes:
        return texts.newlines(str(self)).translate(ESCAPED).translate(CONTROLS).encode()


def invitation(
    appointment: Appointment, *, role: str | None, address: str, name: str
) -> tuple[str, bytes]:
    """The method and the object that tell a calendar how the appointment stands now.

    `role` is the part of the person at `address`. The organiser is OpenSlot's own address under
    the provider's name: nobody learns an address from it that the pages do not show.
    """
    method = "CANCEL" if appointment.status in DROPPED else "REQUEST"
    event = _event(appointment, role=role)
    organizer = _address(parseaddr(settings.DEFAULT_FROM_EMAIL)[1], appointment.provider.name)
    attendee = _address(address, name)
    attendee.params["ROLE"] = "REQ-PARTICIPANT"
    attendee.params["RSVP"] = "FALSE"
    waits = appointment.status == Status.PENDING
    attendee.params["PARTSTAT"] = "TENTATIVE" if waits else "ACCEPTED"
    event.add("organizer", organizer)
    event.add("attendee", attendee)
    return method, bytes(_calendar([event], method=method).to_ical())


def file(appointment: Appointment, *, role: str | None) -> bytes:
    """One appointment to take along."""
    return bytes(_calendar([_event(appointment, role=role)], method="PUBLISH").to_ical())


def feed(appointments: Iterable[tuple[Appointment, str | None]], *, name: str) -> bytes:
    """Appointments, each with the reader's part in it, for a calendar that comes again."""
    calendar = _calendar([_event(each, role=role) for each, role in appointments])
    calendar.add("x-wr-calname", Escaped(texts.line(name)))
    calendar.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    return bytes(calendar.to_ical())


def _calendar(events: Iterable[Event], *, method: str = "") -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if method:
        calendar.add("method", method)
    for event in events:
        calendar.add_component(event)
    return calendar


def _event(appointment: Appointment, *, role: str | None) -> Event:
    event = Event()
    event.add("uid", f"{appointment.pk}@openslot")
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", appointment.updated_at)
    event.add("created", appointment.created_at)
    event.add("last-modified", appointment.updated_at)
    event.add("dtstart", appointment.start)
    event.add("dtend", appointment.end)
    other = sides.other_name(appointment, role=role)
    event.add("summary", Escaped(texts.line(f"{appointment.service.name}: {other}")))
    event.add("status", STATUSES[Status(appointment.status)])
    event.add("transp", "OPAQUE")
    if appointment.location_text:
        event.add("location", Escaped(appointment.location_text))
    if appointment.notes:
        event.add("description", Escaped(appointment.notes))
    guest = role == Role.CUSTOMER and appointment.customer.user_id is None
    link = links.manage(appointment) if guest else ""
    event.add("url", link or links.page("appointment", appointment.pk))
    return event


def _address(address: str, name: str) -> vCalAddress:
    party = vCalAddress(f"mailto:{address}")
    party.params["CN"] = texts.line(name.replace('"', "'"))
    return party

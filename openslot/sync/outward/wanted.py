"""What a person's calendar should show of an appointment or a time off, as they stand now."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from openslot.accounts.models import LocationKind
from openslot.appointments.models import ACTIVE, DROPPED, Appointment, Status
from openslot.availability.models import TimeOff, TimeOffSpan
from openslot.kernel.timerange import Span
from openslot.kernel.wording import languages
from openslot.sync import translate
from openslot.sync.models import Connection, Part

TIME_OFF = _("Time off")  # and never why
NAME = 300  # letters of a title


class Subject(NamedTuple):
    """An appointment, or a time off with all its dates: one of the two."""

    appointment_id: UUID | None = None
    time_off_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """An event as it should be. `texts` holds summary, location, description and status."""

    part: Part
    span: Span
    zone_name: str
    texts: dict[str, str]
    changed_at: datetime
    rev: int = 0
    date_key: str = ""
    meet: bool = False
    name: str = field(default="", repr=False)  # the id that its event carries of it


class Plan(NamedTuple):
    """What should stand there, by date; and what becomes of an event that should not."""

    events: dict[str, Wanted]
    others: Literal["remove", "leave"]


def of(connection: Connection, subject: Subject) -> Plan:
    if subject.appointment_id is not None:
        return _of_appointment(connection, subject.appointment_id)
    if subject.time_off_id is not None:
        return _of_time_off(connection, subject.time_off_id)
    return Plan({}, "leave")


def _of_appointment(connection: Connection, pk: UUID) -> Plan:
    appointment = Appointment.objects.with_people().filter(pk=pk).first()
    part = part_of(appointment, connection) if appointment else None
    if appointment is None or part is None or appointment.status in DROPPED:
        return Plan({}, "remove")
    if appointment.status not in ACTIVE:  # over: it stays as it was
        return Plan({}, "leave")
    return Plan({"": event_of(appointment, part)}, "remove")


def part_of(appointment: Appointment, connection: Connection) -> Part | None:
    """The part that the owner of the calendar has in it."""
    if connection.user_id is None:
        return None
    if appointment.provider.user_id == connection.user_id:
        return Part.PROVIDER
    return Part.CUSTOMER if appointment.customer.user_id == connection.user_id else None


def event_of(appointment: Appointment, part: Part) -> Wanted:
    """The event of an active appointment; a request is tentative."""
    provider = appointment.provider
    mine = part == Part.PROVIDER
    other = appointment.customer_name if mine else provider.name
    page = settings.BASE_URL + reverse("appointment", args=[appointment.pk])
    return Wanted(
        part=part,
        span=translate.whole_seconds(appointment.span),
        zone_name=provider.timezone,
        texts={
            "summary": f"{appointment.service.name}: {other}"[:NAME],
            "location": appointment.location_text,
            "description": "\n\n".join(text for text in (appointment.notes, page) if text),
            "status": "tentative" if appointment.status == Status.PENDING else "confirmed",
        },
        changed_at=appointment.updated_at,
        rev=appointment.version,
        meet=mine and needs_link(appointment),
        name=str(appointment.pk),
    )


def needs_link(appointment: Appointment) -> bool:
    """Whether they meet by video and nobody has said where."""
    return appointment.location_kind == LocationKind.VIDEO and not appointment.location_text


def _of_time_off(connection: Connection, pk: UUID) -> Plan:
    away = TimeOff.objects.select_related("provider").filter(pk=pk).first()
    if away is None or away.provider.user_id != connection.user_id:
        return Plan({}, "remove")
    spans = TimeOffSpan.objects.filter(time_off=away)
    return Plan({key_of(away, each): _away(away, each) for each in spans}, "remove")


def key_of(time_off: TimeOff, span: TimeOffSpan) -> str:
    """Which of its dates: a recurring one has many, another one has one, whenever that is."""
    if not time_off.recurrence:
        return ""
    return f"{span.start.astimezone(time_off.provider.zone):%Y%m%d}"


def _called(time_off: TimeOff) -> str:
    """What it is called in the calendar, in its owner's language."""
    owner = time_off.provider.user
    with translation.override(languages.of(owner.language if owner else "")):
        return str(TIME_OFF)


def _away(time_off: TimeOff, span: TimeOffSpan) -> Wanted:
    return Wanted(
        part=Part.TIME_OFF,
        span=translate.whole_seconds(Span(span.start, span.end)),
        zone_name=time_off.provider.timezone,
        texts={
            "summary": _called(time_off),
            "location": "",
            "description": "",
            "status": "confirmed",
        },
        changed_at=time_off.created_at,
        date_key=key_of(time_off, span),
        name=str(time_off.pk),
    )

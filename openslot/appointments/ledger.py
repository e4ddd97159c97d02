"""The end of every write: save, record, publish. Nothing else saves an appointment.

`written` saves entries (entries.py) with a move each under one act and tells the worker; `amend`
is for what is no move. Both raise the version of what they save, and want a transaction that the
calling function owns, behind the locks of docs/locking.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import F, JSONField, TextField, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Cast

from openslot.accounts.models import Person, User
from openslot.appointments import errors
from openslot.appointments.entries import Entry
from openslot.appointments.models import (
    DROPPED,
    Act,
    Appointment,
    AppointmentQuerySet,
    Move,
    Role,
    Way,
)
from openslot.appointments.snapshots import Changes, Snapshot
from openslot.kernel import events, timerange
from openslot.kernel.rows.composed import insert
from openslot.kernel.rows.db import explaining
from openslot.kernel.timerange import Span

CONSTRAINTS = {
    "appointment_provider_free": errors.SlotTaken,
    "appointment_customer_free": errors.CustomerBusy,
}

# What a write of several may change.
CHANGEABLE = (
    "start",
    "end",
    "held",
    "attendee",
    "status",
    "depends_on",
    "needs_attention",
    "proposed_start",
    "proposed_end",
    "proposed_by",
    "proposal_expires_at",
    "proposal_dependents",
    "expires_at",
    "agreed_zone",
    "agreed_offset",
    "clock_start",
    "version",
    "sequence",
    "updated_at",
)
CLOCKS = ("agreed_zone", "agreed_offset", "clock_start")


def written(
    entries: Sequence[Entry],
    *,
    by: Person | None,
    reason: str = "",
    via: Way = Way.UNKNOWN,
    announced: UUID | None = None,
) -> Act:
    """Save the appointments, record a move of each under one act, and defer its one job.

    `announced` is the id of an act whose job is deferred already. Moves of several are one
    statement: all or none, in any order among themselves. Raises `SlotTaken` or `CustomerBusy`
    where the database knows better.
    """
    now, role = entries[0].now, entries[0].role
    actor = by if isinstance(by, User) else None
    act = Act(at=now, actor=actor, role=role, reason=reason, via=via)
    act.pk = announced or act.pk
    for entry in entries:
        _settle(entry)
    _attend(entries)
    moves = [_move(entry, act) for entry in entries]
    with explaining(CONSTRAINTS, savepoint=False):
        _write(act, entries, moves)
    if announced is None:
        events.publish(act.pk)
    return act


def _write(act: Act, entries: Sequence[Entry], moves: Sequence[Move]) -> None:
    """One statement for a single appointment that is new; four for whatever else."""
    if len(entries) == 1 and entries[0].before is None:
        insert(act, entries[0].appointment, moves[0])
        return
    insert(act)
    _save([entry.appointment for entry in entries if entry.before is None], new=True)
    _save([entry.appointment for entry in entries if entry.before is not None], new=False)
    Move.objects.bulk_create(moves)


def amend(appointments: AppointmentQuerySet, **values: Any) -> int:
    """Change what is no move: whose they are, words that are forgotten. How many were changed.

    It raises the versions, and publishes no act: history says what was done with an appointment,
    not when somebody verified an address. Raises `SlotTaken` or `CustomerBusy` as `written` does.
    """
    with explaining(CONSTRAINTS):
        return appointments.update(**values, version=F("version") + 1)


def forget_places(appointments: AppointmentQuerySet) -> None:
    """History says from then on that a place was changed, not from where to where."""
    name = Cast(Value("place"), TextField())
    told = Move.objects.filter(appointment__in=appointments.values("pk"), changes__has_key="place")
    told.update(changes=CombinedExpression(F("changes"), "-", name, output_field=JSONField()))


def note_clocks(appointments: Sequence[Appointment]) -> None:
    """Keep what was noted of their wall clocks. Nobody sees another appointment for it: no move,
    and no other version.
    """
    Appointment.objects.bulk_update(appointments, CLOCKS, batch_size=500)


def agree(appointment: Appointment) -> None:
    """Its start is agreed, by what the clocks of its provider's zone show then by today's rules."""
    appointment.agreed_zone = appointment.provider.timezone
    appointment.agreed_offset = timerange.offset(appointment.start, appointment.provider.zone)
    appointment.clock_start = None


def _settle(entry: Entry) -> None:
    appointment = entry.appointment
    appointment.hold()
    appointment.updated_at = entry.now
    if entry.before is None:
        appointment.created_at = entry.now
        agree(appointment)
        return
    rescheduled = entry.before.start != appointment.start
    if rescheduled:
        agree(appointment)
    if rescheduled or appointment.status in DROPPED:
        appointment.sequence += 1
    appointment.version += 1


def _attend(entries: Sequence[Entry]) -> None:
    """Let what a provider puts at a new time take its customer's own time, unless that is taken.

    The customer sees both. The provider is refused nothing for it and shown nothing of it: whether
    somebody is elsewhere is not theirs to know (a customer's own writes are refused).
    """
    placed = [
        entry.appointment
        for entry in entries
        if entry.role != Role.CUSTOMER
        and entry.appointment.attendee_id is not None
        and (entry.before is None or entry.before.start != entry.appointment.start)
    ]
    if not placed:
        return
    whole = Span(min(each.start for each in placed), max(each.end for each in placed))
    whose = {each.attendee_id for each in placed}
    others = Appointment.objects.active().overlapping(whole).filter(attendee__in=whose).order_by()
    others = others.exclude(pk__in=[entry.appointment.pk for entry in entries])
    taken = [(one.attendee_id, one.span) for one in others.only("attendee", "start", "end")]
    for each in placed:
        if any(pk == each.attendee_id and each.span.overlaps(span) for pk, span in taken):
            each.attendee = None


def _save(appointments: Sequence[Appointment], *, new: bool) -> None:
    """One statement, however many there are: siblings may take one another's places."""
    if new:
        Appointment.objects.bulk_create(appointments)
    elif len(appointments) == 1:
        appointments[0].save()
    elif appointments:
        Appointment.objects.bulk_update(appointments, CHANGEABLE)


def _move(entry: Entry, act: Act) -> Move:
    after = Snapshot.of(entry.appointment)
    return Move(
        act=act,
        appointment=entry.appointment,
        action=entry.action,
        from_status=entry.before.status if entry.before else "",
        to_status=after.status,
        changes=Changes.between(entry.before, after, notes=entry.notes).to_json(),
    )

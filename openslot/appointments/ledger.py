"""The one shape of every write: lock, read again, check, write, record, publish.

`opened` gives an appointment as it stands once its provider's calendar (and its customer's) is
ours alone; `written` saves it with its move and tells the worker; `amend` is for what is no move.
Nothing else saves an appointment, and each raises its version. All want a transaction that the
calling function owns. Locks are taken in one order: see docs/locking.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from openslot.accounts import locks
from openslot.accounts.models import User
from openslot.appointments import errors, moves
from openslot.appointments.models import (
    DROPPED,
    Act,
    Appointment,
    AppointmentQuerySet,
    Move,
    Role,
    Status,
    Way,
)
from openslot.appointments.snapshots import Changes, Snapshot
from openslot.kernel import events
from openslot.kernel.db import explaining
from openslot.kernel.errors import NotAllowed, NotFound, VersionMismatch

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
    "version",
    "sequence",
    "updated_at",
)


@dataclass(slots=True)
class Entry:
    """An appointment opened for writing by somebody in a role, at one moment."""

    appointment: Appointment
    role: Role
    now: datetime
    before: Snapshot | None = None  # None: it is new
    action: str = ""
    notes: bool = False  # whether the words on it change

    @classmethod
    def of(cls, appointment: Appointment, *, role: Role, now: datetime) -> Entry:
        """An appointment as it stands, behind the locks that the caller holds."""
        return cls(appointment, role, now, before=Snapshot.of(appointment))

    def require(self, action: str) -> None:
        """Whether the table of moves allows the action, to this role, from this status.

        Raises `NotAllowed` where only the other side has it, `InvalidTransition` where the
        status forbids it.
        """
        step = moves.step_of(action)
        if self.role not in step.roles:
            raise NotAllowed
        if Status(self.appointment.status) not in step.origins:
            raise self.impossible()
        self.action = action

    def require_new(self) -> None:
        """The same for an appointment that is made just now."""
        self.action = "book"

    def impossible(self, detail: str | None = None) -> errors.InvalidTransition:
        """The error that names where the appointment stands and what is left to do."""
        status = Status(self.appointment.status)
        allowed = list(moves.open_as(self.appointment, role=self.role, now=self.now))
        return errors.InvalidTransition(
            detail or f"That is not possible any more. It stands at: {status.label}.",
            current_status=status.value,
            allowed_actions=allowed,
        )


def opened(appointment_id: UUID, *, by: User | None, expected: int | None = None) -> Entry:
    """The appointment, locked and read again.

    `by` is None for the clock. Raises `NotFound` where the user has no part in it,
    `VersionMismatch` where `expected` is not its version.
    """
    visible = Appointment.objects.all() if by is None else Appointment.objects.visible_to(by)
    ids = visible.filter(pk=appointment_id).values_list("provider_id", "customer__user_id").first()
    if ids is None:
        raise NotFound
    locks.providers([ids[0]])
    locks.users([ids[1]])
    appointment = visible.with_people().filter(pk=appointment_id).first()
    if appointment is None:
        raise NotFound
    role = Role.SYSTEM if by is None else appointment.role_of(by)
    if role is None:
        raise NotFound
    if expected is not None and expected != appointment.version:
        raise VersionMismatch
    return Entry.of(appointment, role=role, now=timezone.now())


def entry_of(appointment: Appointment, *, like: Entry) -> Entry:
    """Open another appointment behind the same locks, for the same side at the same moment."""
    return Entry.of(appointment, role=like.role, now=like.now)


def written(
    entries: Sequence[Entry], *, by: User | None, reason: str = "", via: Way = Way.UNKNOWN
) -> Act:
    """Save the appointments, record a move of each under one act, and defer its one job.

    Moves of several are one statement: all or none, in any order among themselves. Raises
    `SlotTaken` or `CustomerBusy` where the database knows better.
    """
    now, role = entries[0].now, entries[0].role
    act = Act.objects.create(at=now, actor=by, role=role, reason=reason, via=via)
    for entry in entries:
        _settle(entry)
    with explaining(CONSTRAINTS):
        _save([entry.appointment for entry in entries if entry.before is None], new=True)
        _save([entry.appointment for entry in entries if entry.before is not None], new=False)
    Move.objects.bulk_create([_move(entry, act) for entry in entries])
    events.publish(act.pk)
    return act


def amend(appointments: AppointmentQuerySet, **values: Any) -> int:
    """Change what is no move: whose they are, words that are forgotten. How many were changed.

    It raises the versions, and publishes no act: history says what was done with an appointment,
    not when somebody verified an address. Raises `SlotTaken` or `CustomerBusy` as `written` does.
    """
    with explaining(CONSTRAINTS):
        return appointments.update(**values, version=F("version") + 1)


def _settle(entry: Entry) -> None:
    appointment = entry.appointment
    appointment.hold()
    appointment.updated_at = entry.now
    if entry.before is None:
        appointment.created_at = entry.now
        return
    rescheduled = entry.before.start != appointment.start
    if rescheduled or appointment.status in DROPPED:
        appointment.sequence += 1
    appointment.version += 1


def _save(appointments: Sequence[Appointment], *, new: bool) -> None:
    """One statement, however many there are: siblings may take one another's places."""
    if len(appointments) == 1:
        appointments[0].save(force_insert=new)
    elif new:
        Appointment.objects.bulk_create(appointments)
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

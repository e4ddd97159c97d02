"""The one shape of every write: lock, read again, check, write, record, publish.

`opened` gives an appointment as it stands once its provider's calendar (and its customer's) is
ours alone; `written` saves it with its move and tells the worker. Both want a transaction that
the calling function owns. Locks are taken in one order, providers before users, each by id: see
docs/locking.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from openslot.accounts.models import Provider, User
from openslot.appointments import errors, moves
from openslot.appointments.models import DROPPED, Act, Appointment, Move, Role, Status, Way
from openslot.kernel import events
from openslot.kernel.db import explaining
from openslot.kernel.errors import NotAllowed, NotFound, VersionMismatch

CONSTRAINTS = {
    "appointment_provider_free": errors.SlotTaken,
    "appointment_customer_free": errors.CustomerBusy,
}

# What a move of several may change.
MOVABLE = (
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


def lock_providers(ids: Iterable[UUID]) -> dict[UUID, Provider]:
    """Queue for the providers' calendars, in id order; the providers as they stand then."""
    rows = Provider.objects.select_for_update(no_key=True).filter(pk__in=set(ids)).order_by("pk")
    return {provider.pk: provider for provider in rows}


def lock_users(ids: Iterable[UUID | None]) -> set[UUID]:
    """Queue for the customers' own time, in id order, after the providers; who is still there."""
    wanted = {pk for pk in ids if pk is not None}
    return set(
        User.objects.select_for_update(no_key=True)
        .filter(pk__in=wanted)
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def snapshot(appointment: Appointment) -> dict[str, Any]:
    """What a move says of an appointment, before and after, as JSON."""
    proposed = appointment.proposed
    return {
        "status": appointment.status,
        "start": appointment.start.isoformat(),
        "end": appointment.end.isoformat(),
        "proposed": [proposed.start.isoformat(), proposed.end.isoformat()] if proposed else None,
        "needs_attention": appointment.needs_attention,
        "depends_on": str(appointment.depends_on_id) if appointment.depends_on_id else None,
    }


@dataclass(slots=True)
class Entry:
    """An appointment opened for writing by somebody in a role, at one moment."""

    appointment: Appointment
    role: Role
    now: datetime
    before: dict[str, Any] | None = None  # None: it is new
    action: str = ""
    remarks: dict[str, Any] = field(default_factory=dict)

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
    found = Appointment.objects.all() if by is None else Appointment.objects.visible_to(by)
    ids = found.filter(pk=appointment_id).values_list("provider_id", "customer__user_id").first()
    if ids is None:
        raise NotFound
    lock_providers([ids[0]])
    lock_users([ids[1]])
    appointment = found.with_people().filter(pk=appointment_id).first()
    if appointment is None:
        raise NotFound
    role = Role.SYSTEM if by is None else appointment.role_of(by)
    if role is None:
        raise NotFound
    if expected is not None and expected != appointment.version:
        raise VersionMismatch
    return Entry(appointment, role, timezone.now(), before=snapshot(appointment))


def entry_of(appointment: Appointment, *, like: Entry) -> Entry:
    """Open another appointment behind the same locks, for the same side at the same moment."""
    return Entry(appointment, like.role, like.now, before=snapshot(appointment))


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


def _settle(entry: Entry) -> None:
    appointment = entry.appointment
    appointment.hold()
    appointment.updated_at = entry.now
    if entry.before is None:
        appointment.created_at = entry.now
        return
    moved = entry.before["start"] != appointment.start.isoformat()
    if moved or appointment.status in DROPPED:
        appointment.sequence += 1
    appointment.version += 1


def _save(appointments: Sequence[Appointment], *, new: bool) -> None:
    """One statement, however many there are: siblings may take one another's places."""
    if len(appointments) == 1:
        appointments[0].save(force_insert=new)
    elif new:
        Appointment.objects.bulk_create(appointments)
    elif appointments:
        Appointment.objects.bulk_update(appointments, MOVABLE)


def _move(entry: Entry, act: Act) -> Move:
    after, before = snapshot(entry.appointment), entry.before or {}
    changes = {
        name: [before.get(name), value]
        for name, value in after.items()
        if before.get(name) != value
    }
    return Move(
        act=act,
        appointment=entry.appointment,
        action=entry.action,
        from_status=before.get("status", ""),
        to_status=after["status"],
        changes=changes | entry.remarks,
    )

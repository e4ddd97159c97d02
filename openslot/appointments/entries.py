"""An appointment opened for writing: locked, read again, by somebody in a role, at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext

from openslot.accounts import locks
from openslot.accounts.models import Person
from openslot.appointments import errors, moves
from openslot.appointments.models import Appointment, Role, Status
from openslot.appointments.snapshots import Snapshot
from openslot.kernel.errors import NotAllowed, NotFound, VersionMismatch


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

    def beside(self, appointment: Appointment) -> Entry:
        """Another appointment behind the same locks, for the same side at the same moment."""
        return Entry.of(appointment, role=self.role, now=self.now)

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
            detail
            or gettext("That is not possible any more. It stands at: {label}.").format(
                label=status.label
            ),
            current_status=status.value,
            allowed_actions=allowed,
        )


def opened(appointment_id: UUID, *, by: Person | None, expected: int | None = None) -> Entry:
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

"""What became of it: it took place, or nobody came."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from openslot.accounts.models import User
from openslot.appointments import changes, errors, ledger
from openslot.appointments.changing import dependents as chains
from openslot.appointments.models import Appointment, Status, Way


@transaction.atomic
def complete(
    appointment_id: UUID, *, by: User, expected: int | None = None, via: Way = Way.UNKNOWN
) -> Appointment:
    """Say that it took place. Raises `TooEarly` before its start."""
    return _after_start(
        appointment_id, "complete", Status.COMPLETED, by=by, expected=expected, via=via
    )


@transaction.atomic
def no_show(
    appointment_id: UUID, *, by: User, expected: int | None = None, via: Way = Way.UNKNOWN
) -> Appointment:
    """Say that the customer did not come; what depends on it needs attention then.

    Raises `TooEarly` before its start.
    """
    return _after_start(
        appointment_id, "no_show", Status.NO_SHOW, by=by, expected=expected, via=via
    )


def _after_start(
    appointment_id: UUID, action: str, status: Status, *, by: User, expected: int | None, via: Way
) -> Appointment:
    entry = ledger.opened(appointment_id, by=by, expected=expected)
    entry.require(action)
    if entry.now < entry.appointment.start:
        raise errors.TooEarly
    changes.end(entry, status)
    others = chains.kept([entry]) if status == Status.NO_SHOW else []
    ledger.written([entry, *others], by=by, via=via)
    return entry.appointment

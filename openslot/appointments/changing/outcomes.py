"""What became of it: it took place, or nobody came."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from openslot.accounts.models import User
from openslot.appointments import changes, entries, ledger
from openslot.appointments.changing import judging, settling
from openslot.appointments.changing.planning import Fate, Intent, Wish
from openslot.appointments.models import Appointment, Status, Way


@transaction.atomic
def complete(
    appointment_id: UUID, *, by: User, expected: int | None = None, via: Way = Way.UNKNOWN
) -> Appointment:
    """Say that it took place. Raises `TooEarly` before its start."""
    entry = entries.opened(appointment_id, by=by, expected=expected)
    judging.allow(entry, "complete")
    changes.end(entry, Status.COMPLETED)
    ledger.written([entry], by=by, via=via)
    return entry.appointment


@transaction.atomic
def no_show(
    appointment_id: UUID, *, by: User, expected: int | None = None, via: Way = Way.UNKNOWN
) -> Appointment:
    """Say that the customer did not come; what depends on it needs attention then.

    Raises `TooEarly` before its start.
    """
    entry = entries.opened(appointment_id, by=by, expected=expected)
    wishes = [Wish(entry, Fate.ENDS)]
    intent = Intent("no_show", [entry], wishes, "keep", ends_as=Status.NO_SHOW)
    settling.settle(intent, by=by, via=via)
    return entry.appointment

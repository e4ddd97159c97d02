"""The words on an appointment that both sides read."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from openslot.accounts.models import User
from openslot.appointments import entries, ledger
from openslot.appointments.models import Appointment, Way


@transaction.atomic
def annotate(
    appointment_id: UUID,
    *,
    by: User,
    notes: str,
    expected: int | None = None,
    via: Way = Way.UNKNOWN,
) -> Appointment:
    """Change the notes that both sides read."""
    entry = entries.opened(appointment_id, by=by, expected=expected)
    entry.require("edit")
    if notes != entry.appointment.notes:
        entry.appointment.notes = notes
        entry.notes = True
        ledger.written([entry], by=by, via=via)
    return entry.appointment

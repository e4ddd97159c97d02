"""The words on an appointment that both sides read."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from openslot.accounts.models import LocationKind, User
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


@transaction.atomic
def relocate(
    appointment_id: UUID,
    *,
    by: User,
    location: str,
    kind: LocationKind | None = None,
    expected: int | None = None,
    via: Way = Way.UNKNOWN,
) -> Appointment:
    """Say where an active appointment takes place: an address, a number, a link. The provider's.

    Without a `kind` it stays one of the same kind. Raises `NotAllowed` to the customer,
    `InvalidTransition` once it has ended.
    """
    entry = entries.opened(appointment_id, by=by, expected=expected)
    entry.require("relocate")
    shown = entry.appointment
    wanted = (kind or shown.location_kind, location)
    if wanted != (shown.location_kind, shown.location_text):
        shown.location_kind, shown.location_text = wanted
        shown.sequence += 1
        ledger.written([entry], by=by, via=via)
    return entry.appointment

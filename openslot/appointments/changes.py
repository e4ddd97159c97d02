"""What a move sets on an appointment: the parts that moves share."""

from __future__ import annotations

from datetime import datetime, timedelta

from openslot.appointments.entries import Entry
from openslot.appointments.models import Appointment, Status


def due(appointment: Appointment, *, asked: datetime) -> datetime:
    """When a request asked at that moment expires: after the provider's hours, or at its start."""
    hours = appointment.provider.pending_expiry_hours
    if not hours:
        return appointment.start
    return min(appointment.start, asked + timedelta(hours=hours))


def place(entry: Entry, start: datetime) -> None:
    """Let it begin at `start`, as long as it is; what was proposed is forgotten."""
    appointment = entry.appointment
    drop_proposal(appointment)
    appointment.start, appointment.end = start, start + appointment.duration
    appointment.attendee = appointment.customer.user
    if appointment.status == Status.PENDING:
        appointment.expires_at = due(appointment, asked=appointment.created_at)


def propose(entry: Entry, start: datetime, *, dependents: str | None = None) -> None:
    """Propose that it begin at `start`, and what should become of its dependents then."""
    entry.require("propose")
    appointment = entry.appointment
    hours = appointment.provider.pending_expiry_hours
    bounds = [start, appointment.start]
    if hours:
        bounds.append(entry.now + timedelta(hours=hours))
    appointment.proposed_start, appointment.proposed_end = start, start + appointment.duration
    appointment.proposed_by = entry.role
    appointment.proposal_expires_at = min(bounds)
    appointment.proposal_dependents = dependents or ""


def drop_proposal(appointment: Appointment) -> None:
    """Forget the time that was proposed; its hold goes with the next save."""
    appointment.proposed_start = appointment.proposed_end = None
    appointment.proposal_expires_at = None
    appointment.proposed_by = appointment.proposal_dependents = ""


def end(entry: Entry, status: Status) -> None:
    """Set a final status; nothing is open any more, and an inactive one holds no time."""
    drop_proposal(entry.appointment)
    entry.appointment.status = status
    entry.appointment.expires_at = None


def relink(entry: Entry, first: Appointment) -> None:
    """Let it depend on another appointment, where it belongs: nothing is missing any more."""
    entry.require("relink")
    entry.appointment.depends_on, entry.appointment.needs_attention = first, False


def mark(entry: Entry) -> None:
    """Say that what has to come first is missing."""
    entry.require("mark")
    entry.appointment.needs_attention = True

"""What a move sets on an appointment, and what stands against it: the parts that moves share."""

from __future__ import annotations

from datetime import datetime, timedelta

from openslot.appointments import errors, ledger, moves
from openslot.appointments.models import Appointment, Status
from openslot.kernel.errors import NotAllowed


def due(appointment: Appointment, *, asked: datetime) -> datetime:
    """When a request asked at that moment expires: after the provider's hours, or at its start."""
    hours = appointment.provider.pending_expiry_hours
    if not hours:
        return appointment.start
    return min(appointment.start, asked + timedelta(hours=hours))


def place(entry: ledger.Entry, start: datetime) -> None:
    """Let it begin at `start`, as long as it is; what was proposed is forgotten."""
    appointment = entry.appointment
    drop_proposal(appointment)
    appointment.start, appointment.end = start, start + appointment.duration
    appointment.attendee = appointment.customer.user
    if appointment.status == Status.PENDING:
        appointment.expires_at = due(appointment, asked=appointment.created_at)


def propose(entry: ledger.Entry, start: datetime, *, dependents: str | None = None) -> None:
    """Propose that it begin at `start`, and what should become of its dependents then."""
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


def end(entry: ledger.Entry, status: Status) -> None:
    """Set a final status; nothing is open any more, and an inactive one holds no time."""
    drop_proposal(entry.appointment)
    entry.appointment.status = status
    entry.appointment.expires_at = None


def check_answer(entry: ledger.Entry, action: str) -> None:
    """Whether a proposal may be answered so. Raises `NotAllowed` to the side that proposed."""
    entry.require(action)
    if entry.appointment.proposed_by == entry.role:
        raise NotAllowed("The other side answers your proposal; you can withdraw it.")
    check_in_time(entry)


def check_in_time(entry: ledger.Entry) -> None:
    """Raises `InvalidTransition` where the time to answer has run out."""
    if moves.overdue(entry.appointment, now=entry.now):
        raise entry.impossible("The time to answer this has run out.")


def check_notice(entry: ledger.Entry) -> None:
    """Raises `TooLate` for a customer inside the provider's notice."""
    if moves.too_late(entry.appointment, role=entry.role, now=entry.now):
        hours = entry.appointment.provider.cancellation_notice_hours
        raise errors.TooLate(
            f"This can be changed until {hours} hours before its start. Call the provider instead."
            if hours
            else None
        )


def check_open(entry: ledger.Entry, action: str) -> None:
    """Whether the action is theirs, possible from this status, and not inside the notice."""
    entry.require(action)
    check_notice(entry)

"""What people do with appointments, one function each: the only writes there are.

`by` is who acts, `expected` the version they have seen (None: whatever it is). Every function
raises `NotFound` for strangers, `NotAllowed` for the wrong side, `VersionMismatch` for an outdated
`expected` and `InvalidTransition` for a status that forbids it; a refusal leaves no trace.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from openslot.accounts.models import Confirmation, User
from openslot.appointments import customers, errors, ledger, limits, moves, slots
from openslot.appointments.models import Appointment, Role, Status
from openslot.catalog import pricing
from openslot.catalog.models import Service
from openslot.kernel import timerange
from openslot.kernel.errors import Invalid, NotAllowed


@transaction.atomic
def book(
    service_id: UUID,
    *,
    by: User,
    start: datetime,
    notes: str = "",
    customer: UUID | customers.Guest | None = None,
) -> Appointment:
    """Hold the time and ask the provider, or confirm at once where the provider wants that.

    With `customer` the provider books for somebody, confirmed at once and bound by overlaps
    only. Raises `Invalid` for an unknown service or customer, `SlotTaken`, `SlotUnavailable`,
    `CustomerBusy`, `LimitReached`, and `NotAllowed` where the provider blocks the customer.
    """
    start = timerange.bounded(start, field="start")
    service = _service(service_id)
    ledger.lock_providers([service.provider_id])
    service = _service(service_id)
    role = _role(service, by=by, customer=customer)
    who = customers.found(service.provider, by=by, customer=customer)
    ledger.lock_users([who.user_id])
    entry = ledger.Entry(_drafted(service, start=start, notes=notes), role, timezone.now())
    entry.require_new()
    entry.appointment.customer, entry.appointment.attendee = who, who.user
    if role == Role.CUSTOMER:
        if who.blocked:
            raise NotAllowed("This provider takes no bookings from you.")
        slots.check(service, start=start, now=entry.now)
        limits.check_requests(who)
    _settle_status(entry)
    customers.keep(who)
    ledger.written([entry], by=by)
    return entry.appointment


@transaction.atomic
def accept(appointment_id: UUID, *, by: User, expected: int | None = None) -> Appointment:
    """Confirm a request; where a new time is proposed, take that (the status stays).

    Raises `SlotTaken` or `CustomerBusy` where the proposed time is not free any more.
    """
    entry = ledger.opened(appointment_id, by=by, expected=expected)
    appointment = entry.appointment
    if appointment.proposed is None:
        entry.require("accept")
        _in_time(entry)
        appointment.status, appointment.expires_at = Status.CONFIRMED, None
    else:
        proposed = appointment.proposed
        _answering(entry, "accept_proposal")
        drop_proposal(appointment)
        _place(entry, proposed.start)
    ledger.written([entry], by=by)
    return appointment


@transaction.atomic
def decline(
    appointment_id: UUID, *, by: User, reason: str = "", expected: int | None = None
) -> Appointment:
    """Turn a request down; where a new time is proposed, leave the appointment as it was."""
    entry = ledger.opened(appointment_id, by=by, expected=expected)
    if entry.appointment.proposed is None:
        entry.require("decline")
        _in_time(entry)
        end(entry, Status.DECLINED)
    else:
        _answering(entry, "decline_proposal")
        drop_proposal(entry.appointment)
    ledger.written([entry], by=by, reason=reason)
    return entry.appointment


@transaction.atomic
def withdraw(appointment_id: UUID, *, by: User, expected: int | None = None) -> Appointment:
    """Take back one's own proposal of a new time."""
    entry = ledger.opened(appointment_id, by=by, expected=expected)
    entry.require("withdraw")
    if entry.appointment.proposed is None:
        raise entry.impossible("No new time is proposed.")
    if entry.appointment.proposed_by != entry.role:
        raise NotAllowed("The other side proposed this time; decline it instead.")
    drop_proposal(entry.appointment)
    ledger.written([entry], by=by)
    return entry.appointment


@transaction.atomic
def cancel(
    appointment_id: UUID, *, by: User, reason: str = "", expected: int | None = None
) -> Appointment:
    """Call it off and free its time.

    Raises `TooLate` where a customer cancels a confirmed one inside the provider's notice.
    """
    entry = ledger.opened(appointment_id, by=by, expected=expected)
    entry.require("cancel")
    _in_notice(entry)
    end(entry, Status.CANCELLED)
    ledger.written([entry], by=by, reason=reason)
    return entry.appointment


@transaction.atomic
def reschedule(
    appointment_id: UUID,
    *,
    by: User,
    start: datetime,
    propose: bool = False,
    expected: int | None = None,
) -> Appointment:
    """Move it to `start`, at once or as a proposal that holds both times until answered.

    At once: by the provider (unless `propose`), by the customer of a provider who confirms
    automatically, and while it is pending. Raises what `book` raises, `TooLate` inside the
    notice, and `Invalid` where a customer proposes what would be granted anyway.
    """
    start = timerange.bounded(start, field="start")
    entry = ledger.opened(appointment_id, by=by, expected=expected)
    entry.require("reschedule")
    appointment, provider = entry.appointment, entry.appointment.provider
    automatic = provider.confirmation == Confirmation.AUTOMATIC
    if entry.role == Role.CUSTOMER:
        if propose and automatic:
            raise Invalid(propose="This provider needs no proposal: the move is made at once.")
        propose = not automatic and appointment.status == Status.CONFIRMED
        _in_notice(entry)
    if start == appointment.start and (propose or appointment.proposed is None):
        return appointment
    if entry.role == Role.CUSTOMER:
        slots.check(
            appointment.service,
            start=start,
            now=entry.now,
            moving=appointment,
        )
    if propose:
        entry.require("propose")
        _propose(entry, start)
    else:
        drop_proposal(appointment)
        _place(entry, start)
    ledger.written([entry], by=by)
    return appointment


@transaction.atomic
def complete(appointment_id: UUID, *, by: User, expected: int | None = None) -> Appointment:
    """Say that it took place. Raises `TooEarly` before its start."""
    return _after_start(appointment_id, "complete", Status.COMPLETED, by=by, expected=expected)


@transaction.atomic
def no_show(appointment_id: UUID, *, by: User, expected: int | None = None) -> Appointment:
    """Say that the customer did not come. Raises `TooEarly` before its start."""
    return _after_start(appointment_id, "no_show", Status.NO_SHOW, by=by, expected=expected)


@transaction.atomic
def annotate(
    appointment_id: UUID, *, by: User, notes: str, expected: int | None = None
) -> Appointment:
    """Change the notes that both sides read."""
    entry = ledger.opened(appointment_id, by=by, expected=expected)
    entry.require("edit")
    if notes != entry.appointment.notes:
        entry.appointment.notes = notes
        entry.remarks["notes"] = "changed"  # not the words: history outlives an erasure
        ledger.written([entry], by=by)
    return entry.appointment


def _service(service_id: UUID) -> Service:
    service = Service.objects.kept().select_related("provider__user").filter(pk=service_id).first()
    if service is None:
        raise Invalid(service="There is no such service.")
    return service


def _role(service: Service, *, by: User, customer: UUID | customers.Guest | None) -> Role:
    mine = service.provider.user_id == by.pk
    if customer is not None and not mine:
        raise NotAllowed("Only the provider books for somebody else.")
    if customer is None and mine:
        raise Invalid(customer="Say who the appointment is for.")
    return Role.PROVIDER if mine else Role.CUSTOMER


def _drafted(service: Service, *, start: datetime, notes: str) -> Appointment:
    before, after = service.buffers
    kind, text = service.location
    return Appointment(
        provider=service.provider,
        service=service,
        start=start,
        end=start + service.duration,
        buffer_before_minutes=before // timedelta(minutes=1),
        buffer_after_minutes=after // timedelta(minutes=1),
        price=pricing.price(service),
        price_rule=pricing.rule(service),
        location_kind=kind,
        location_text=text,
        notes=notes,
    )


def _settle_status(entry: ledger.Entry) -> None:
    automatic = entry.appointment.provider.confirmation == Confirmation.AUTOMATIC
    if automatic or entry.role == Role.PROVIDER:
        entry.appointment.status = Status.CONFIRMED
    else:
        entry.appointment.status = Status.PENDING
        entry.appointment.expires_at = _due(entry.appointment, asked=entry.now)


def _due(appointment: Appointment, *, asked: datetime) -> datetime:
    """When a request asked at that moment expires: after the provider's hours, or at its start."""
    hours = appointment.provider.pending_expiry_hours
    if not hours:
        return appointment.start
    return min(appointment.start, asked + timedelta(hours=hours))


def _place(entry: ledger.Entry, start: datetime) -> None:
    appointment = entry.appointment
    appointment.start, appointment.end = start, start + appointment.duration
    appointment.attendee = appointment.customer.user
    if appointment.status == Status.PENDING:
        appointment.expires_at = _due(appointment, asked=appointment.created_at)


def _propose(entry: ledger.Entry, start: datetime) -> None:
    appointment = entry.appointment
    hours = appointment.provider.pending_expiry_hours
    bounds = [start, appointment.start]
    if hours:
        bounds.append(entry.now + timedelta(hours=hours))
    appointment.proposed_start, appointment.proposed_end = start, start + appointment.duration
    appointment.proposed_by = entry.role
    appointment.proposal_expires_at = min(bounds)


def drop_proposal(appointment: Appointment) -> None:
    """Forget the time that was proposed; its hold goes with the next save."""
    appointment.proposed_start = appointment.proposed_end = None
    appointment.proposal_expires_at = None
    appointment.proposed_by = ""


def end(entry: ledger.Entry, status: Status) -> None:
    """Set a final status; nothing is open any more, and an inactive one holds no time."""
    drop_proposal(entry.appointment)
    entry.appointment.status = status
    entry.appointment.expires_at = None


def _answering(entry: ledger.Entry, action: str) -> None:
    entry.require(action)
    if entry.appointment.proposed_by == entry.role:
        raise NotAllowed("The other side answers your proposal; you can withdraw it.")
    _in_time(entry)


def _in_time(entry: ledger.Entry) -> None:
    if moves.overdue(entry.appointment, now=entry.now):
        raise entry.impossible("The time to answer this has run out.")


def _in_notice(entry: ledger.Entry) -> None:
    if moves.too_late(entry.appointment, role=entry.role, now=entry.now):
        hours = entry.appointment.provider.cancellation_notice_hours
        raise errors.TooLate(
            f"This can be changed until {hours} hours before its start. Call the provider instead."
            if hours
            else None
        )


def _after_start(
    appointment_id: UUID, action: str, status: Status, *, by: User, expected: int | None
) -> Appointment:
    entry = ledger.opened(appointment_id, by=by, expected=expected)
    entry.require(action)
    if entry.now < entry.appointment.start:
        raise errors.TooEarly
    end(entry, status)
    ledger.written([entry], by=by)
    return entry.appointment

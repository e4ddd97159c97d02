"""What people do with appointments, one function each: the only writes there are.

`by` is who acts, `expected` the version they have seen (None: whatever it is). Every function
raises `NotFound` for strangers, `NotAllowed` for the wrong side, `VersionMismatch` for an outdated
`expected` and `InvalidTransition` for a status that forbids it; a refusal leaves no trace.

`scope` says how much of a series is meant (scopes.py): all of it changes, or nothing, and what
stands against it is `SeriesConflict` with `conflicts`. `dependents` says what becomes of those that
depend on it (dependents.py); where nothing is said and the rule would break: `HasDependents`.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from openslot.accounts.models import User
from openslot.appointments import (
    booking,
    changes,
    customers,
    errors,
    ledger,
    limits,
    moves,
    moving,
    prerequisites,
    scopes,
    slots,
)
from openslot.appointments import dependents as chains
from openslot.appointments.ledger import Entry
from openslot.appointments.models import Appointment, Role, Status
from openslot.appointments.moving import Target
from openslot.kernel import timerange
from openslot.kernel.errors import NotAllowed


@transaction.atomic
def book(
    service_id: UUID,
    *,
    by: User,
    start: datetime,
    notes: str = "",
    customer: UUID | customers.Guest | None = None,
    depends_on: UUID | None = None,
) -> Appointment:
    """Hold the time and ask the provider, or confirm at once where the provider wants that.

    With `customer` the provider books for somebody, confirmed at once and bound by overlaps
    only. Without `depends_on` it depends on the customer's latest prerequisite that fits. Raises
    `Invalid` for an unknown service, customer or prerequisite, `SlotTaken`, `SlotUnavailable`,
    `PrerequisiteMissing`, `CustomerBusy`, `LimitReached`, and `NotAllowed` where the provider
    blocks the customer.
    """
    start = timerange.bounded(start, field="start")
    request = booking.opened(service_id, by=by, customer=customer)
    entry = prepared(request, start, notes=notes, depends_on=depends_on)
    customers.keep(request.customer)
    ledger.written([entry, *chains.mended([entry])], by=by)
    return entry.appointment


def prepared(
    request: booking.Request,
    start: datetime,
    *,
    notes: str = "",
    depends_on: UUID | None = None,
    asking: int = 1,
) -> Entry:
    """A checked, unwritten booking, one of so many requests that are asked for together."""
    service, role = request.service, request.role
    earlier = prerequisites.earlier(service, request.customer, role=role, named=depends_on)
    if role == Role.CUSTOMER:
        slots.check(service, start=start, now=request.now)
        missing = earlier.refusal(request.place(start))
        if missing is not None:
            raise missing
        limits.check_requests(request.customer, asking=asking)
    entry = booking.drafted(request, start, notes=notes, depends_on=earlier.before(start))
    entry.appointment.needs_attention = earlier.broken(start)
    return entry


@transaction.atomic
def accept(
    appointment_id: UUID,
    *,
    by: User,
    expected: int | None = None,
    scope: str = "this",
    dependents: str | None = None,
) -> Appointment:
    """Confirm a request; where a new time is proposed, take that (the status stays).

    With a wider scope the siblings of which the same is open are answered alike. Raises
    `SlotTaken` or `CustomerBusy` where the proposed time is not free any more.
    """
    entry = ledger.opened(appointment_id, by=by, expected=expected)
    found = _open_alike(entry, scope)
    if entry.appointment.proposed is not None:
        scopes.each(found, lambda each: changes.check_answer(each, "accept_proposal"))
        wanted = [
            Target(each, each.appointment.proposed.start)
            for each in found
            if each.appointment.proposed is not None
        ]
        choice = dependents or entry.appointment.proposal_dependents or None
        if len(wanted) > 1:
            moving.remember(entry.appointment, wanted[0].start)
        moving.carried_out(wanted, by=by, choice=choice, several=len(wanted) > 1, strict=False)
        return entry.appointment
    scopes.each(found, lambda each: _check_request(each, "accept"))
    for each in found:
        each.appointment.status, each.appointment.expires_at = Status.CONFIRMED, None
    ledger.written(found, by=by)
    return entry.appointment


@transaction.atomic
def decline(
    appointment_id: UUID,
    *,
    by: User,
    reason: str = "",
    expected: int | None = None,
    scope: str = "this",
    dependents: str | None = None,
) -> Appointment:
    """Turn a request down; where a new time is proposed, leave the appointment as it was."""
    entry = ledger.opened(appointment_id, by=by, expected=expected)
    found, others = _open_alike(entry, scope), list[Entry]()
    if entry.appointment.proposed is None:
        scopes.each(found, lambda each: _check_request(each, "decline"))
        others = chains.of_ended(found, choice=dependents)
        for each in found:
            changes.end(each, Status.DECLINED)
    else:
        scopes.each(found, lambda each: changes.check_answer(each, "decline_proposal"))
        for each in found:
            changes.drop_proposal(each.appointment)
    ledger.written([*found, *others], by=by, reason=reason)
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
    changes.drop_proposal(entry.appointment)
    ledger.written([entry], by=by)
    return entry.appointment


@transaction.atomic
def cancel(
    appointment_id: UUID,
    *,
    by: User,
    reason: str = "",
    expected: int | None = None,
    scope: str = "this",
    dependents: str | None = None,
) -> Appointment:
    """Call it off and free its time.

    Raises `TooLate` where a customer cancels a confirmed one inside the provider's notice.
    """
    entry = ledger.opened(appointment_id, by=by, expected=expected)
    entry.require("cancel")
    found = scopes.entries(entry, scope)
    scopes.each(found, lambda each: _check_notice(each, "cancel"))
    others = chains.of_ended(found, choice=dependents)
    for each in found:
        changes.end(each, Status.CANCELLED)
    ledger.written([*found, *others], by=by, reason=reason)
    return entry.appointment


@transaction.atomic
def reschedule(
    appointment_id: UUID,
    *,
    by: User,
    start: datetime,
    propose: bool = False,
    expected: int | None = None,
    scope: str = "this",
    dependents: str | None = None,
) -> Appointment:
    """Move it to `start`, at once or as a proposal that holds both times until answered.

    At once: by the provider (unless `propose`), by the customer of a provider who confirms
    automatically, and while it is pending. Its siblings in scope move by the same number of days
    and the same change of the wall clock. Raises what `book` raises, `TooLate` inside the notice,
    and `Invalid` where a customer proposes what would be granted anyway.
    """
    start = timerange.bounded(start, field="start")
    entry = ledger.opened(appointment_id, by=by, expected=expected)
    entry.require("reschedule")
    moving.check_proposal(entry, wanted=propose)
    found = scopes.entries(entry, scope)
    wanted = moving.targets(found, start, propose=propose)
    starts = {each.appointment.pk: each.start for each in wanted}
    scopes.each(found, lambda each: _check_notice(each, "reschedule"), starts=starts)
    if not wanted:
        return entry.appointment
    several = scope != "this" and entry.appointment.series_id is not None
    if several and not all(each.proposes for each in wanted):
        moving.remember(entry.appointment, start)
    moving.carried_out(wanted, by=by, choice=dependents, several=several)
    return entry.appointment


@transaction.atomic
def complete(appointment_id: UUID, *, by: User, expected: int | None = None) -> Appointment:
    """Say that it took place. Raises `TooEarly` before its start."""
    return _after_start(appointment_id, "complete", Status.COMPLETED, by=by, expected=expected)


@transaction.atomic
def no_show(appointment_id: UUID, *, by: User, expected: int | None = None) -> Appointment:
    """Say that the customer did not come; what depends on it needs attention then.

    Raises `TooEarly` before its start.
    """
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


def _open_alike(entry: Entry, scope: str) -> list[Entry]:
    """Those in scope of which the same is to be answered: a request, or one side's proposal.

    Siblings whose time to be answered has run out are the clock's.
    """
    found, named = scopes.entries(entry, scope), entry.appointment
    open_ = [each for each in found[1:] if not moves.overdue(each.appointment, now=entry.now)]
    if named.proposed is not None:
        alike = [each for each in open_ if each.appointment.proposed_by == named.proposed_by]
    else:
        asked = (Status.PENDING, "")
        alike = [
            each
            for each in open_
            if (each.appointment.status, each.appointment.proposed_by) == asked
        ]
    return [entry, *alike]


def _check_request(entry: Entry, action: str) -> None:
    entry.require(action)
    changes.check_in_time(entry)


def _check_notice(entry: Entry, action: str) -> None:
    entry.require(action)
    changes.check_notice(entry)


def _after_start(
    appointment_id: UUID, action: str, status: Status, *, by: User, expected: int | None
) -> Appointment:
    entry = ledger.opened(appointment_id, by=by, expected=expected)
    entry.require(action)
    if entry.now < entry.appointment.start:
        raise errors.TooEarly
    changes.end(entry, status)
    others = chains.kept([entry]) if status == Status.NO_SHOW else []
    ledger.written([entry, *others], by=by)
    return entry.appointment

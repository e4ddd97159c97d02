"""Requests and proposals, answered by the other side or taken back by the one who asked."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from openslot.accounts.models import User
from openslot.appointments import changes, ledger, moves
from openslot.appointments.changing import dependents as chains
from openslot.appointments.changing import rescheduling, scopes
from openslot.appointments.changing.rescheduling import Target
from openslot.appointments.ledger import Entry
from openslot.appointments.models import Appointment, Status, Way
from openslot.kernel.errors import NotAllowed


@transaction.atomic
def accept(
    appointment_id: UUID,
    *,
    by: User,
    expected: int | None = None,
    scope: str = "this",
    dependents: str | None = None,
    via: Way = Way.UNKNOWN,
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
            rescheduling.remember(entry.appointment, wanted[0].start)
        rescheduling.carried_out(
            wanted, by=by, choice=choice, several=len(wanted) > 1, strict=False, via=via
        )
        return entry.appointment
    scopes.each(found, lambda each: _check_request(each, "accept"))
    for each in found:
        each.appointment.status, each.appointment.expires_at = Status.CONFIRMED, None
    ledger.written(found, by=by, via=via)
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
    via: Way = Way.UNKNOWN,
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
    ledger.written([*found, *others], by=by, via=via, reason=reason)
    return entry.appointment


@transaction.atomic
def withdraw(
    appointment_id: UUID, *, by: User, expected: int | None = None, via: Way = Way.UNKNOWN
) -> Appointment:
    """Take back one's own proposal of a new time."""
    entry = ledger.opened(appointment_id, by=by, expected=expected)
    entry.require("withdraw")
    if entry.appointment.proposed is None:
        raise entry.impossible("No new time is proposed.")
    if entry.appointment.proposed_by != entry.role:
        raise NotAllowed("The other side proposed this time; decline it instead.")
    changes.drop_proposal(entry.appointment)
    ledger.written([entry], by=by, via=via)
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

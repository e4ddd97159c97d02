"""Requests and proposals, answered by the other side or taken back by the one who asked."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from openslot.accounts.models import Person, User
from openslot.appointments import changes, entries, ledger, moves
from openslot.appointments.changing import judging, rescheduling, scopes, settling
from openslot.appointments.changing.planning import Fate, Intent, Wish
from openslot.appointments.entries import Entry
from openslot.appointments.guests import invitations
from openslot.appointments.models import Appointment, Status, Way
from openslot.kernel.errors import NotAllowed, NotFound


@transaction.atomic
def accept(
    appointment_id: UUID,
    *,
    by: Person,
    expected: int | None = None,
    scope: str = "this",
    dependents: str | None = None,
    via: Way = Way.UNKNOWN,
) -> Appointment:
    """Confirm a request; where a new time is proposed, take that (the status stays); where a
    provider made the appointment for somebody with an account, take it as one's own.

    With a wider scope the siblings of which the same is open are answered alike. Raises
    `SlotTaken` or `CustomerBusy` where the proposed time is not free any more.
    """
    try:
        entry = entries.opened(appointment_id, by=by, expected=expected)
    except NotFound:  # but perhaps it was made for them
        if not isinstance(by, User):
            raise
        return invitations.accept(appointment_id, by=by, expected=expected)
    answered = _open_alike(entry, scope)
    if entry.appointment.proposed is not None:
        rescheduling.accept_proposals(answered, by=by, dependents=dependents, via=via)
        return entry.appointment
    judging.allow_each(answered, "accept")
    for each in answered:
        each.appointment.status, each.appointment.expires_at = Status.CONFIRMED, None
    ledger.written(answered, by=by, via=via)
    return entry.appointment


@transaction.atomic
def decline(
    appointment_id: UUID,
    *,
    by: Person,
    reason: str = "",
    expected: int | None = None,
    scope: str = "this",
    dependents: str | None = None,
    via: Way = Way.UNKNOWN,
) -> Appointment:
    """Turn a request down; where a new time is proposed, leave the appointment as it was."""
    entry = entries.opened(appointment_id, by=by, expected=expected)
    answered = _open_alike(entry, scope)
    if entry.appointment.proposed is None:
        action, fate = "decline", Fate.ENDS
    else:
        action, fate, dependents = "decline_proposal", Fate.DROPPED, None
    wishes = [Wish(each, fate) for each in answered]
    intent = Intent(action, answered, wishes, dependents, ends_as=Status.DECLINED)
    settling.settle(intent, by=by, reason=reason, via=via)
    return entry.appointment


@transaction.atomic
def withdraw(
    appointment_id: UUID, *, by: Person, expected: int | None = None, via: Way = Way.UNKNOWN
) -> Appointment:
    """Take back one's own proposal of a new time."""
    entry = entries.opened(appointment_id, by=by, expected=expected)
    entry.require("withdraw")
    if entry.appointment.proposed is None:
        raise entry.impossible(gettext("No new time is proposed."))
    if entry.appointment.proposed_by != entry.role:
        raise NotAllowed(gettext("The other side proposed this time; decline it instead."))
    changes.drop_proposal(entry.appointment)
    ledger.written([entry], by=by, via=via)
    return entry.appointment


def _open_alike(named: Entry, scope: str) -> list[Entry]:
    """Those in scope of which the same is to be answered: a request, or one side's proposal.

    Siblings whose time to be answered has run out are the clock's.
    """
    meant, alike = scopes.entries(named, scope), _like(named.appointment)
    return [
        named,
        *(
            each
            for each in meant[1:]
            if not moves.overdue(each.appointment, now=named.now) and alike(each.appointment)
        ),
    ]


def _like(named: Appointment) -> Callable[[Appointment], bool]:
    if named.proposed is not None:
        return lambda each: each.proposed_by == named.proposed_by
    return lambda each: (each.status, each.proposed_by) == (Status.PENDING, "")

"""Calling an appointment off, alone or with more of its series."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from openslot.accounts.models import User
from openslot.appointments import changes, ledger
from openslot.appointments.changing import dependents as chains
from openslot.appointments.changing import scopes
from openslot.appointments.models import Appointment, Status, Way


@transaction.atomic
def cancel(
    appointment_id: UUID,
    *,
    by: User,
    reason: str = "",
    expected: int | None = None,
    scope: str = "this",
    dependents: str | None = None,
    via: Way = Way.UNKNOWN,
) -> Appointment:
    """Call it off and free its time.

    Raises `TooLate` where a customer cancels a confirmed one inside the provider's notice.
    """
    entry = ledger.opened(appointment_id, by=by, expected=expected)
    entry.require("cancel")
    found = scopes.entries(entry, scope)
    scopes.each(found, lambda each: changes.check_open(each, "cancel"))
    others = chains.of_ended(found, choice=dependents)
    for each in found:
        changes.end(each, Status.CANCELLED)
    ledger.written([*found, *others], by=by, via=via, reason=reason)
    return entry.appointment

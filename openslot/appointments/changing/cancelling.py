"""Calling an appointment off, alone or with more of its series."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from openslot.accounts.models import Person, User
from openslot.appointments import entries
from openslot.appointments.changing import scopes, settling
from openslot.appointments.changing.planning import Fate, Intent, Wish
from openslot.appointments.models import Appointment, Role, Way


@transaction.atomic
def cancel(
    appointment_id: UUID,
    *,
    by: Person,
    reason: str = "",
    expected: int | None = None,
    scope: str = "this",
    dependents: str | None = None,
    via: Way = Way.UNKNOWN,
) -> Appointment:
    """Call it off and free its time.

    Raises `TooLate` where a customer cancels a confirmed one inside the provider's notice, and
    what `judging.check` raises about dependents.
    """
    entry = entries.opened(appointment_id, by=by, expected=expected)
    entry.require("cancel")
    meant = scopes.entries(entry, scope)
    intent = Intent("cancel", meant, [Wish(each, Fate.ENDS) for each in meant], dependents)
    settling.settle(intent, by=by, reason=reason, via=via)
    return entry.appointment


@transaction.atomic
def cancel_as_operator(appointment_id: UUID, *, by: User, reason: str = "") -> Appointment:
    """Call one off that is somebody else's: both sides are told, and no notice binds this.

    What depends on it is kept and needs attention. Who may do this is for the admin to say.
    """
    entry = entries.opened(appointment_id, by=None)
    entry.role = Role.OPERATOR
    intent = Intent("cancel", [entry], [Wish(entry, Fate.ENDS)], "keep")
    settling.settle(intent, by=by, reason=reason, via=Way.ADMIN)
    return entry.appointment

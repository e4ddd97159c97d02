"""What depends on what: what becomes of dependents when their prerequisite ends or moves.

Whoever ends or moves a prerequisite says it: nothing said is a refusal that lists them; `cancel`
and `shift` carry on through chains; `keep` leaves them, marked for attention. All of it is of one
provider and one customer, and so stands behind the locks that the caller holds already.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from openslot.appointments import changes, errors, ledger, prerequisites
from openslot.appointments.ledger import Entry
from openslot.appointments.models import Appointment, Role, Status
from openslot.kernel.errors import Invalid, NotAllowed

CHOICES = ("cancel", "shift", "keep")


def chain(roots: Collection[UUID]) -> list[Appointment]:
    """The active appointments that depend on these, and on those, and so on; by start.

    Only where the service still requires the other. A query for each link of the chain.
    """
    found: dict[UUID, Appointment] = {}
    links = list(roots)
    while links:
        hanging = Appointment.objects.active().filter(
            depends_on__in=links, service__requires=F("depends_on__service")
        )
        new = [each for each in hanging.with_people() if each.pk not in {*found, *roots}]
        found |= {each.pk: each for each in new}
        links = [each.pk for each in new]
    return sorted(found.values(), key=lambda each: (each.start, each.pk))


def check_choice(choice: str | None, *, role: Role) -> None:
    """Raises `Invalid` for what is no choice, `NotAllowed` for a customer who says `keep`."""
    if choice is not None and choice not in CHOICES:
        raise Invalid(dependents="Dependents are cancelled (cancel), moved (shift) or kept (keep).")
    if choice == "keep" and role == Role.CUSTOMER:
        raise NotAllowed("Only the provider keeps what depends on this.")


def of_ended(entries: Sequence[Entry], *, choice: str | None) -> list[Entry]:
    """What becomes of the dependents of appointments that end now: further entries to write.

    Raises `HasDependents` with `dependents` where nothing is said, `Invalid` for `shift`,
    `NotAllowed` for a customer's `keep`, `TooLate` for a customer who may not cancel one of them.
    """
    like = entries[0]
    check_choice(choice, role=like.role)
    if choice == "shift":
        raise Invalid(dependents="Where nothing is moved, dependents cannot be moved along.")
    ended = {entry.appointment.pk for entry in entries}
    hanging = chain(ended)
    if not hanging:
        return []
    if choice is None:
        raise refused(hanging)
    if choice == "keep":
        return marked([each for each in hanging if each.depends_on_id in ended], like=like)
    return cancelled(hanging, like=like)


def broken(moved: Mapping[UUID, tuple[Appointment, datetime]]) -> list[Appointment]:
    """The dependents that these appointments, once they begin then, leave outside their days.

    By start, with all that hangs on them; those that are moved themselves are not among them.
    """
    hanging = chain(list(moved))
    found: dict[UUID, Appointment] = {}
    for each in sorted(hanging, key=lambda one: _depth(one, hanging)):
        first = moved.get(each.depends_on_id) if each.depends_on_id else None
        if each.depends_on_id in found or (first and not _fits(each, each.start, *first)):
            found[each.pk] = each
    return [each for each in hanging if each.pk in found]


def _depth(appointment: Appointment, among: Sequence[Appointment]) -> int:
    known = {each.pk: each for each in among}
    depth, at = 0, appointment
    while at.depends_on_id in known:
        depth, at = depth + 1, known[at.depends_on_id]
    return depth


def _fits(appointment: Appointment, start: datetime, first: Appointment, begins: datetime) -> bool:
    return prerequisites.fits(appointment.service, ends=begins + first.duration, start=start)


def refused(
    hanging: Sequence[Appointment], why: Mapping[UUID, errors.Refused] | None = None
) -> errors.HasDependents:
    """The error that names the dependents; with `why` only those that cannot move, and the code."""
    if why is None:
        found: list[dict[str, Any]] = [{"id": each.pk, "start": each.start} for each in hanging]
        return errors.HasDependents(dependents=found)
    stuck = [each for each in hanging if each.pk in why]
    found = [{"id": each.pk, "start": each.start, "reason": why[each.pk].code} for each in stuck]
    names = ", ".join(f"{each.service} ({why[each.pk].detail})" for each in stuck)
    return errors.HasDependents(
        f"What depends on this cannot move along: {names}", dependents=found
    )


def cancelled(hanging: Sequence[Appointment], *, like: Entry) -> list[Entry]:
    entries = [ledger.entry_of(each, like=like) for each in hanging]
    for entry in entries:
        entry.require("cancel")
        changes.check_notice(entry)
        changes.end(entry, Status.CANCELLED)
    return entries


def marked(hanging: Sequence[Appointment], *, like: Entry) -> list[Entry]:
    """Entries of those that need attention now; of others nothing changes."""
    entries = [ledger.entry_of(each, like=like) for each in hanging if not each.needs_attention]
    for entry in entries:
        entry.require("mark")
        entry.appointment.needs_attention = True
    return entries


def kept(entries: Sequence[Entry]) -> list[Entry]:
    """The dependents of what ended with nobody to ask: they stay, marked."""
    ended = {entry.appointment.pk for entry in entries}
    hanging = chain(ended)
    return marked([each for each in hanging if each.depends_on_id in ended], like=entries[0])

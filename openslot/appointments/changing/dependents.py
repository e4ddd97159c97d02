"""What depends on what: what becomes of dependents when their prerequisite ends or moves.

Whoever ends or moves a prerequisite says it: nothing said is a refusal that lists them; `cancel`
and `shift` carry on through chains; `keep` leaves them. One that is left goes after another
appointment of the customer that serves as well; where there is none it is marked for attention,
until one that fits is booked or moved there. All of it is of one provider and one customer, and so
stands behind the locks that the caller holds already.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from openslot.appointments import changes, errors, ledger
from openslot.appointments.booking import mending, prerequisites
from openslot.appointments.ledger import Entry
from openslot.appointments.models import Appointment, Role, Status
from openslot.kernel.errors import Invalid, NotAllowed

CHOICES = ("cancel", "shift", "keep")


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
    if choice == "keep":
        return kept(entries)
    hanging = prerequisites.chain(ended)
    if hanging and choice is None:
        raise refused(hanging)
    return cancelled(hanging, like=like)


class Hit(NamedTuple):
    """What a change of prerequisites does to what depends on them."""

    broken: list[Appointment]  # by start, with all that hangs on them
    instead: list[tuple[Appointment, Appointment]]  # what others depend on from then on


def broken(moved: Mapping[UUID, tuple[Appointment, datetime]], *, keep: bool = False) -> Hit:
    """What becomes of the dependents of these appointments, once they begin then.

    Broken are those left outside their days; to `keep` them, those for which no other prerequisite
    fits. Those that are moved themselves are not among them.
    """

    def breaks(each: Appointment) -> bool:
        first = moved.get(each.depends_on_id) if each.depends_on_id else None
        return first is not None and not _fits(each, each.start, *first)

    return _hit(list(moved), breaks, keep=keep)


def _always(_dependent: Appointment) -> bool:
    return True


def _hit(roots: Collection[UUID], breaks: Callable[[Appointment], bool], *, keep: bool) -> Hit:
    """Follow the chains of what ends or moves; the nearer to it, the earlier decided."""
    hanging = prerequisites.chain(roots)
    candidates = prerequisites.others(hanging, without=roots) if keep else {}
    lost, instead = set[UUID](), []
    for each in sorted(hanging, key=lambda one: _depth(one, hanging)):
        first = each.depends_on_id
        if first not in lost and (first not in roots or not breaks(each)):
            continue
        others = candidates.get(each.pk, []) if first in roots else []
        other = prerequisites.latest(others, each.service, each.start)
        if other is not None:
            instead.append((each, other))
        else:
            lost.add(each.pk)
    return Hit([each for each in hanging if each.pk in lost], instead)


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
    """The dependents of what ended, left where they are: marked if nothing else fits."""
    ended = {entry.appointment.pk for entry in entries}
    hit = _hit(ended, _always, keep=True)
    stay = [each for each in hit.broken if each.depends_on_id in ended]
    like = entries[0]
    return [*marked(stay, like=like), *mending.relinked(hit.instead, like=like)]

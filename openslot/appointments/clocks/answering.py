"""The provider's answer to appointments that stand beside the clock by which they were agreed.

To the time of day that was agreed, at once or if the customer agrees; or it stays, and is agreed
anew as it stands. Many at once: what one cannot have stops none of the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from openslot.accounts import locks
from openslot.accounts.models import Provider, User
from openslot.appointments import errors, ledger
from openslot.appointments.changing import settling
from openslot.appointments.changing.planning import Fate, Intent, Wish
from openslot.appointments.entries import Entry
from openslot.appointments.models import Appointment, AppointmentQuerySet, Role, Way

MOST = 200  # at once: each customer is told


class How(StrEnum):
    MOVE = "move"
    ASK = "ask"
    KEEP = "keep"


FATES = {How.MOVE: Fate.RESCHEDULED, How.ASK: Fate.PROPOSED}


@dataclass
class Outcome:
    """What was done as asked; what could not be had, each with the code of the reason."""

    done: list[Appointment] = field(default_factory=list)
    refused: list[tuple[Appointment, str]] = field(default_factory=list)


def beside(user: User, *, now: datetime) -> AppointmentQuerySet:
    """The provider's appointments that wait for this answer, soonest first."""
    return (
        Appointment.objects.as_provider(user)
        .active()
        .filter(clock_start__isnull=False, start__gt=now)
        .by_start()
    )


@transaction.atomic
def answer(
    provider: Provider, *, by: User, chosen: Mapping[UUID, int], how: How, via: Way = Way.UNKNOWN
) -> Outcome:
    """Answer for those that are named, each with the version that was seen; others wait on.

    What was changed meanwhile is left out. Raises nothing for what cannot be had: see `Outcome`.
    """
    locks.providers([provider.pk])
    now = timezone.now()
    meant = beside(by, now=now).filter(pk__in=list(chosen)[:MOST])
    locks.users(meant.order_by().values_list("customer__user", flat=True))
    there = [each for each in meant.with_people() if each.version == chosen[each.pk]]
    if how == How.KEEP:
        return Outcome(done=_kept(there))
    return _going(there, how, by=by, now=now, via=via)


def _kept(there: Sequence[Appointment]) -> list[Appointment]:
    for each in there:
        ledger.agree(each)
    ledger.note_clocks(there)
    return list(there)


def _going(there: Sequence[Appointment], how: How, *, by: User, now: datetime, via: Way) -> Outcome:
    """All that can be had together, in one act; whoever stands in the way is left, and so on."""
    outcome = Outcome()
    left = list(there)
    while left:
        conflicts = _refused(left, how, by=by, now=now, via=via)
        if not conflicts:
            break
        stuck = [each for each in left if _goal(each) in conflicts]
        outcome.refused += [(each, conflicts[_goal(each)]) for each in stuck]
        left = [each for each in left if _goal(each) not in conflicts]
    if how == How.ASK:
        _kept(left)  # whatever the customer says: what stands meanwhile is what was asked about
    outcome.done = left
    return outcome


def _refused(
    left: Sequence[Appointment], how: How, *, by: User, now: datetime, via: Way
) -> Mapping[datetime, str]:
    """Do it; or why not, by the time that each was meant for. Nothing is done then."""
    entries = [Entry.of(each, role=Role.PROVIDER, now=now) for each in left]
    wishes = [Wish(entry, FATES[how], _goal(entry.appointment)) for entry in entries]
    intent = Intent("reschedule", entries, wishes, "keep", several=True)
    try:
        settling.settle(intent, by=by, via=via)
    except errors.SeriesConflict as refusal:
        return {each["start"]: str(each["reason"]) for each in refusal.extra["conflicts"]}
    return {}


def _goal(appointment: Appointment) -> datetime:
    """When its clock shows what was agreed."""
    return appointment.clock_start or appointment.start

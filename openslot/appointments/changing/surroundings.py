"""What has to be read for a plan, behind the locks: a handful of queries, however much is asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Q

from openslot.appointments.booking import mending, prerequisites
from openslot.appointments.changing.planning import Fate, Intent, Surroundings
from openslot.appointments.models import Appointment


def around(intent: Intent) -> Surroundings:
    """What depends on what is asked for, what that may depend on, and what waits for one like it.

    All of it is of the same provider and the same customers, and so behind the same locks. A query
    for each link of the chain, and at most two more.
    """
    concerned = [wish for wish in intent.wishes if wish.fate != Fate.DROPPED]
    if not concerned:
        return Surroundings()
    hanging = prerequisites.chain([wish.appointment.pk for wish in concerned])
    going = [wish.appointment for wish in concerned if wish.start is not None]
    placed = [wish.appointment for wish in concerned if wish.fate == Fate.RESCHEDULED]
    if placed and intent.dependents == "shift":
        placed += hanging
    waiting = mending.waiting(placed) if placed else []
    _beside_their_provider([*going, *hanging, *waiting])
    firsts = _firsts([*going, *(hanging if intent.dependents in {"keep", "shift"} else [])])
    known = {wish.appointment.pk: wish.entry for wish in intent.wishes}
    return Surroundings(
        [known.get(each.pk) or intent.named.beside(each) for each in hanging],
        firsts,
        [intent.named.beside(each) for each in waiting],
    )


def _firsts(dependents: Sequence[Appointment]) -> list[Appointment]:
    """What these depend on, and all that they could depend on, wherever it stands. One query."""
    required = {each.service.requires_id for each in dependents} - {None}
    if not required:
        return []
    linked = {each.depends_on_id for each in dependents} - {None}
    theirs = Q(
        customer__in={each.customer_id for each in dependents},
        service__in=required,
        status__in=prerequisites.COUNTS,
    )
    return list(Appointment.objects.filter(theirs | Q(pk__in=linked)).order_by("end", "id"))


def _beside_their_provider(appointments: Iterable[Appointment]) -> None:
    """A service is its appointment's provider's: no query for each to find that out."""
    for each in appointments:
        each.service.provider = each.provider

"""An appointment's moves, in the words of whoever reads them."""

from __future__ import annotations

from typing import Any

from openslot.accounts.models import User
from openslot.appointments.models import Act, Appointment, Move, Role, Way
from openslot.appointments.snapshots import Changes
from openslot.kernel.timerange import Span

WORDS = {
    "book": "booked",
    "edit": "changed the notes",
    "accept": "accepted",
    "decline": "declined",
    "cancel": "cancelled",
    "reschedule": "moved it",
    "propose": "proposed another time",
    "accept_proposal": "accepted the new time",
    "decline_proposal": "kept the old time",
    "withdraw": "took the proposal back",
    "complete": "noted that it took place",
    "no_show": "noted that nobody came",
    "relocate": "changed the place",
    "mark": "left it without what it needs to come first",
    "relink": "left it after another appointment that comes first",
    "expire": "The request was not answered in time",
    "expire_proposal": "The proposal was not answered in time",
}
BY_ITSELF = {
    "complete": "Completed",
    "mark": "What it needs to come first fell away",
    "relink": "Another appointment comes first now",
}

ELSEWHERE = {Way.GOOGLE: " in Google Calendar"}  # done where it is no part of these pages


def told(appointment: Appointment, reader: User) -> list[dict[str, Any]]:
    """What happened, oldest first: when, in words, from what to what, and why."""
    moves = Move.objects.filter(appointment=appointment).select_related("act")
    told, stood = [], Span(appointment.start, appointment.end)
    for move in moves:
        changed = Changes.of(move.changes)
        stands = _stands(changed, stood)
        told.append(
            {
                "at": move.act.at,
                "words": _words(move, appointment, reader),
                "reason": move.act.reason,
                **_difference(move, changed, before=stood, after=stands),
            }
        )
        stood = stands
    return told


def _stands(changed: Changes, stood: Span) -> Span:
    """When the appointment is after a move that found it at `stood`."""
    start = (changed.start and changed.start.after) or stood.start
    return Span(start, (changed.end and changed.end.after) or stood.end)


def _difference(move: Move, changed: Changes, *, before: Span, after: Span) -> dict[str, Any]:
    """`before` and `after` where it has another time; else the time that was proposed, and whether
    it is `offered` by this move; the statuses before and after.
    """
    new, status = move.action == "book", changed.status
    moved = before != after and not new
    proposed = changed.proposed and (changed.proposed.after or changed.proposed.before)
    return {
        "before": before if moved else None,
        "after": after if moved or new else None,
        "proposed": None if moved else proposed,
        "offered": before if changed.proposed and changed.proposed.after else None,
        "status": status,
    }


def _words(move: Move, appointment: Appointment, reader: User) -> str:
    words = WORDS.get(move.action, move.action.replace("_", " "))
    if move.act.role == Role.SYSTEM:
        return BY_ITSELF.get(move.action, words)
    where = ELSEWHERE.get(Way(move.act.via), "")
    return f"{_who(move.act, appointment, reader)} {words}{where}"


def _who(act: Act, appointment: Appointment, reader: User) -> str:
    if act.actor_id == reader.pk:
        return "You"
    if act.role == Role.OPERATOR:
        return str(Role.OPERATOR.label)
    if act.role == Role.PROVIDER:
        return appointment.provider.name
    return appointment.customer_name

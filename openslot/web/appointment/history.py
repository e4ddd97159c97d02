"""An appointment's moves, in the words of whoever reads them."""

from __future__ import annotations

from typing import Any

from openslot.accounts.models import User
from openslot.appointments.models import Act, Appointment, Move, Role, Way
from openslot.appointments.snapshots import Changes

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
    """What happened, oldest first: when, in words, from when to when, and why."""
    moves = Move.objects.filter(appointment=appointment).select_related("act")
    return [_entry(move, appointment, reader) for move in moves]


def _entry(move: Move, appointment: Appointment, reader: User) -> dict[str, Any]:
    changed = Changes.of(move.changes)
    start, proposed = changed.start, changed.proposed and changed.proposed.after
    return {
        "at": move.act.at,
        "words": _words(move, appointment, reader),
        "reason": move.act.reason,
        "start": start.after if start and move.action != "book" else None,
        "proposed": proposed.start if proposed else None,
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

"""An appointment's moves, in the words of whoever reads them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openslot.accounts.models import User
from openslot.appointments.models import Act, Appointment, Move, Role, Way
from openslot.appointments.snapshots import Changes
from openslot.kernel.timerange import Span
from openslot.web.templatetags import openslot_booking

WORDS = {
    "book": _("{who} booked"),
    "edit": _("{who} changed the notes"),
    "accept": _("{who} accepted"),
    "decline": _("{who} declined"),
    "cancel": _("{who} cancelled"),
    "reschedule": _("{who} moved it"),
    "propose": _("{who} proposed another time"),
    "accept_proposal": _("{who} accepted the new time"),
    "decline_proposal": _("{who} kept the old time"),
    "withdraw": _("{who} took the proposal back"),
    "complete": _("{who} noted that it took place"),
    "no_show": _("{who} noted that nobody came"),
    "relocate": _("{who} changed the place"),
    "mark": _("{who} left it without what it needs to come first"),
    "relink": _("{who} left it after another appointment that comes first"),
    "expire": _("The request was not answered in time"),
    "expire_proposal": _("The proposal was not answered in time"),
}
BY_ITSELF = {
    "complete": _("Completed"),
    "mark": _("What it needs to come first fell away"),
    "relink": _("Another appointment comes first now"),
}

ELSEWHERE = {Way.GOOGLE: _("{done} in Google Calendar")}  # done where it is no part of these pages


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
                "place": _places(changed, appointment, reader),
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


def _places(changed: Changes, appointment: Appointment, reader: User) -> list[str]:
    """From where to where it was moved; nothing where it was not, or where that is forgotten."""
    provides = appointment.role_of(reader) == Role.PROVIDER
    return [
        openslot_booking.place_words(*place, at=appointment.provider, provides=provides)
        for place in changed.place or ()
        if place is not None
    ]


def _words(move: Move, appointment: Appointment, reader: User) -> str:
    words = str(WORDS.get(move.action, move.action.replace("_", " ")))
    if move.act.role == Role.SYSTEM:
        return str(BY_ITSELF.get(move.action, words))
    done = words.format(who=_who(move.act, appointment, reader))
    return str(ELSEWHERE.get(Way(move.act.via), "{done}")).format(done=done)


def _who(act: Act, appointment: Appointment, reader: User) -> str:
    if act.actor_id == reader.pk:
        return gettext("You")
    if act.role == Role.OPERATOR:
        return str(Role.OPERATOR.label)
    if act.role == Role.PROVIDER:
        return appointment.provider.name
    return appointment.customer_name

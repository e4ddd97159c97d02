"""The one table of what other programs are told: which action of an appointment is which type."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openslot.appointments.models import Move, Status

# A booking is "requested" while it waits for its answer. What another appointment's move makes of
# one that depends on it (`mark`, `relink`) is told by that move alone.
BY_ACTION = {
    "book": "confirmed",
    "accept": "confirmed",
    "decline": "declined",
    "cancel": "cancelled",
    "reschedule": "moved",
    "propose": "proposed",
    "accept_proposal": "proposal_answered",
    "decline_proposal": "proposal_answered",
    "withdraw": "proposal_answered",
    "expire_proposal": "expired",
    "edit": "updated",
    "relocate": "updated",
    "expire": "expired",
    "complete": "completed",
    "no_show": "no_show",
}
TEST = "webhook.test"
# What can be subscribed to, as people and programs read them.
TYPES = {
    "appointment.requested": _("Somebody asks for a time"),
    "appointment.confirmed": _("An appointment is confirmed"),
    "appointment.declined": _("A request is declined"),
    "appointment.cancelled": _("An appointment is cancelled"),
    "appointment.moved": _("An appointment has a new time"),
    "appointment.proposed": _("A new time is proposed"),
    "appointment.proposal_answered": _("A proposed time is answered or withdrawn"),
    "appointment.updated": _("Notes or place change"),
    "appointment.expired": _("Nobody answered in time"),
    "appointment.completed": _("An appointment is over"),
    "appointment.no_show": _("Somebody did not come"),
}


def type_of(move: Move) -> str:
    """What a move is to other programs; empty where it is nothing."""
    if move.action not in BY_ACTION:
        return ""
    asked = move.action == "book" and move.to_status == Status.PENDING
    return f"appointment.{'requested' if asked else BY_ACTION[move.action]}"

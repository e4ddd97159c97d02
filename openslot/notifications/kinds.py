"""The one table of what people are told: which action is which kind, told to whom, by what words.

Every kind is on by default by mail and in the app, and each can be switched off. The mails that
verify an address or reset a password are no kinds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _

from openslot.appointments.models import Role, Status

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Kind(NamedTuple):
    """`label` is what preferences call it, `icon` what it is drawn with.

    `customers` is what those who offer no time call it; "" where it is nothing of theirs.
    """

    label: StrOrPromise
    icon: str
    email: bool = True
    in_app: bool = True
    customers: StrOrPromise | None = None


KINDS: dict[str, Kind] = {
    "requested": Kind(
        _("Somebody asks for a time"), "inbox", customers=_("What you asked for, as a receipt")
    ),
    "confirmed": Kind(_("An appointment is confirmed"), "calendar-check"),
    "declined": Kind(
        _("A request is declined"), "slash-circle", customers=_("Your request is declined")
    ),
    "cancelled": Kind(_("An appointment is cancelled"), "calendar-x"),
    "moved": Kind(_("An appointment is moved"), "arrow-repeat"),
    "proposed": Kind(_("A new time is proposed"), "clock"),
    "proposal_answered": Kind(_("A proposed time is answered"), "check-circle"),
    "expired": Kind(_("Nobody answered in time"), "hourglass"),
    "changed": Kind(_("The place or the notes of an appointment change"), "geo-alt"),
    "reminder": Kind(_("Reminders before an appointment"), "bell"),
    "time_off_conflict": Kind(_("Appointments stand in your time off"), "cup-hot", customers=""),
    "sync_attention": Kind(_("Your calendar or a webhook needs you"), "exclamation-triangle"),
    "welcome": Kind(_("Welcome, once"), "stars"),
}


def of(*, provides: bool) -> dict[str, Kind]:
    """The kinds that concern somebody, as they call them."""
    if provides:
        return KINDS
    return {
        name: kind._replace(label=kind.customers or kind.label)
        for name, kind in KINDS.items()
        if kind.customers != ""
    }


# What comes by text message too, to whoever wants it: off until they say so.
TEXTED = ("confirmed", "reminder")

# In whose mails to customers a provider may say something of their own.
OWN = ("requested", "confirmed", "declined", "cancelled", "moved", "reminder")

REMINDER_MINUTES = (1440, 60)
REMINDERS = 5
REMINDER_BOUNDS = (5, 43_200)  # minutes


class Rule(NamedTuple):
    """What an action is to the people of its appointment.

    The other side is told; `receipt`: who did it gets a mail as well, for their calendar.
    `invites`: the mail carries the appointment as iCalendar. What is not `mailed` is a notice in
    the app alone.
    """

    kind: str
    receipt: bool = False
    invites: bool = False
    mailed: bool = True


RULES: dict[str, Rule] = {
    "book": Rule("confirmed", receipt=True, invites=True),  # a request while it is pending
    "accept": Rule("confirmed", invites=True),
    "decline": Rule("declined", invites=True),
    "cancel": Rule("cancelled", receipt=True, invites=True),
    "reschedule": Rule("moved", receipt=True, invites=True),
    "relocate": Rule("changed", invites=True),
    "edit": Rule("changed", mailed=False),
    "propose": Rule("proposed"),
    "withdraw": Rule("proposed"),
    "accept_proposal": Rule("proposal_answered", receipt=True, invites=True),
    "decline_proposal": Rule("proposal_answered"),
    "expire": Rule("expired", invites=True),
    "expire_proposal": Rule("expired"),
}
# Told with what else happened in the act, never alone: a dependent that stays.
ALONG = frozenset({"mark"})
SIDES = (Role.CUSTOMER, Role.PROVIDER)


def kind_of(action: str, *, status: str) -> str:
    """The kind of a move; a booking that waits for its answer is a request."""
    if action == "book" and status == Status.PENDING:
        return "requested"
    return RULES[action].kind


def told(action: str, *, by: str) -> dict[Role, bool]:
    """The sides that hear of an action, each with whether it is a receipt of their own act.

    What nobody did (the clock) is told to both; of their acts without a receipt people are not
    told at all.
    """
    rule = RULES.get(action)
    if rule is None:
        return {}
    return {side: side == by for side in SIDES if side != by or rule.receipt}


def invites(action: str, *, side: str, status: str) -> bool:
    """Whether a move's mail to a side carries the appointment as iCalendar.

    A request is no entry of the provider's calendar before it is accepted.
    """
    rule = RULES.get(action)
    if rule is None or not rule.invites:
        return False
    return side == Role.CUSTOMER or status in {Status.CONFIRMED, Status.CANCELLED}

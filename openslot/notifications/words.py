"""What people are told, in words. Call it with the reader's language and zone active.

`headline` and `lead` of one delivery; `{other}` is the name of the other side.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as _

from openslot.accounts.models import Customer, User
from openslot.appointments import sides
from openslot.appointments.models import Role
from openslot.kernel.wording import clocks, dates, languages
from openslot.notifications.models import Delivery

WORDS: dict[str, tuple[str, str]] = {
    "requested": (_("New request"), _("{other} asks for {service}, {when}.")),
    "requested.receipt": (
        _("Request sent"),
        _("You asked {other} for {service}, {when}. The time is kept until they answer."),
    ),
    "booked": (_("New booking"), _("{other} booked {service}, {when}.")),
    "booked.for_you": (_("Booked for you"), _("{other} booked {service} for you, {when}.")),
    "booked.receipt": (_("Booked"), _("You booked {service} with {other}, {when}.")),
    "booked.for_them": (_("Booked"), _("You booked {service} for {other}, {when}.")),
    "accept": (_("Confirmed"), _("{other} accepted: {service}, {when}.")),
    "decline": (_("Declined"), _("{other} declined your request for {service}, {when}.")),
    "cancel": (_("Cancelled"), _("{other} cancelled {service}, {when}.")),
    "cancel.by_operator": (
        _("Cancelled"),
        _("The operator of this site cancelled {service} with {other}, {when}."),
    ),
    "cancel.receipt": (_("Cancelled"), _("You cancelled {service} with {other}, {when}.")),
    "reschedule": (_("Moved"), _("{other} moved {service} to {when}.")),
    "reschedule.receipt": (_("Moved"), _("You moved {service} with {other} to {when}.")),
    "relocate": (
        _("New place"),
        _("{service} with {other}, {when}, has another place."),
    ),
    "edit": (_("New notes"), _("{other} changed the notes of {service}, {when}.")),
    "propose": (_("New time proposed"), _("{other} proposes another time for {service}: {when}.")),
    "withdraw": (
        _("Proposal withdrawn"),
        _("{other} took the proposed time back. {service} stays at {when}."),
    ),
    "accept_proposal": (
        _("New time accepted"),
        _("{other} accepted the new time for {service}: {when}."),
    ),
    "accept_proposal.receipt": (
        _("Moved"),
        _("You accepted the new time for {service} with {other}: {when}."),
    ),
    "decline_proposal": (
        _("New time declined"),
        _("{other} declined the new time. {service} stays at {when}."),
    ),
    "expire": (_("Request expired"), _("Nobody answered in time: {service} with {other}, {when}.")),
    "expire_proposal": (
        _("Proposal expired"),
        _("Nobody answered the proposed time. {service} stays at {when}."),
    ),
    "mark": (
        _("Needs attention: what has to come before it does not fit any more"),
        _("{service} with {other} stays, {when}."),
    ),
    "reminder": (_("Reminder"), _("{service} with {other}, {when}.")),
    "time_off_conflict": (
        _("Appointments in your time off"),
        _("What is booked in it stays until you move or cancel it: from {when}."),
    ),
    "sync_attention": (
        _("Your calendar needs you"),
        _("Something in the connection to your calendar waits for your decision."),
    ),
    "sync_moved_to_taken": (
        _("Moved in Google, but not here"),
        _("{service} with {other} was moved in Google to a time it cannot have. Here: {when}."),
    ),
    "sync_both_moved": (
        _("Moved here and in Google"),
        _("{service} with {other} was moved on both sides. Here it stands at {when}."),
    ),
    "sync_not_cancelled": (
        _("Deleted in Google, but not cancelled"),
        _("{service} with {other}, {when}, still stands here. Say what you meant."),
    ),
    "sync_vanished": (
        _("Not in Google any more"),
        _("The event of {service} with {other}, {when}, is gone. Say what you meant."),
    ),
    "sync_refused": (
        _("Google did not take an appointment"),
        _("{service} with {other}, {when}, is not in your Google Calendar."),
    ),
    "sync_detached": (
        _("Your calendar goes its own way"),
        _(
            "You changed the event of {service} with {other} in Google. The appointment stands,"
            " {when}: move or cancel it here."
        ),
    ),
    "sync_mass_deletion": (
        _("Many appointments vanished from Google"),
        _("Nothing was cancelled. Say whether they are, or whether to put them back."),
    ),
    "sync_calendar_gone": (
        _("The calendar for your appointments is gone"),
        _("Choose another one, so that your appointments stand in Google again."),
    ),
    "sync_no_meet": (
        _("No video link from Google"),
        _("Google gives no video link in this calendar. Put a link into the service instead."),
    ),
    "sync_needs_reconnect": (
        _("Connect your calendar again"),
        _("Google does not let us in any more. Bookings go on; they wait to be shown there."),
    ),
    "sync_scope_missing": (
        _("Your calendar misses a permission"),
        _("A permission was taken away in Google. Connect again and leave every box ticked."),
    ),
    "sync_paused": (
        _("Connect your calendar again"),
        _("It was connected from another address of this site. Nothing was changed in Google."),
    ),
    "sync_failing": (
        _("Google has not answered for a day"),
        _("Bookings go on; they are shown there as soon as Google answers."),
    ),
    "webhook_gone": (
        _("A webhook was switched off"),
        _("Its receiver said that it is gone for good. What happens is not told there any more."),
    ),
    "webhook_failing": (
        _("A webhook was switched off"),
        _(
            "Its receiver took nothing for five days. See what it answered, and switch it on again"
            " once it works."
        ),
    ),
    "clocks_changed": (
        _("Your time zone has new rules"),
        _(
            "Appointments that were agreed for a time of day would begin at another one: {when}."
            " Nothing was moved. Say what becomes of them."
        ),
    ),
    "welcome": (
        _("Welcome to OpenSlot"),
        _("Find somebody and book a time, or offer your own."),
    ),
}


class Told(NamedTuple):
    headline: str
    lead: str
    subject: str


def told(delivery: Delivery) -> Told:
    """The words of a delivery, as its person reads them."""
    headline, lead = (gettext(text) for text in WORDS[_key(delivery)])
    about: dict[str, Any] = {"when": _times(delivery)}
    subject = [headline]
    if delivery.appointment is not None:
        about["service"] = delivery.appointment.service.name
        about["other"] = sides.other_name(delivery.appointment, role=delivery.role)
        subject = [f"{headline}: {about['service']}"]
    if about["when"]:
        subject.append(about["when"])
    return Told(headline, lead.format(**about), " ".join(", ".join(subject).split()))


def _key(delivery: Delivery) -> str:
    key = delivery.action or delivery.kind
    if delivery.appointment is None and delivery.kind == "sync_attention":
        return delivery.kind if "{service}" in WORDS[key][1] else key
    if key == "book":
        if delivery.kind == "requested":
            return "requested.receipt" if delivery.receipt else "requested"
        if delivery.receipt:
            return "booked.receipt" if delivery.role == Role.CUSTOMER else "booked.for_them"
        return "booked.for_you" if delivery.role == Role.CUSTOMER else "booked"
    if key == "cancel" and delivery.act and delivery.act.role == Role.OPERATOR:
        return "cancel.by_operator"
    mine = f"{key}.receipt"  # an act may bring along what has no receipt of its own
    return mine if delivery.receipt and mine in WORDS else key


def _times(delivery: Delivery) -> str:
    if delivery.start is None:
        return ""
    first, more = moment(delivery.start), delivery.count - 1
    if more < 1:
        return first
    template = ngettext("{first} and {more} more", "{first} and {more} more", more)
    return template.format(first=first, more=more)


def headline_of(action: str, *, status: str, receipt: bool, role: str) -> str:
    """What one of several moves is, in a word or two."""
    kind = "requested" if status == "pending" else "confirmed"
    draft = Delivery(action=action, kind=kind, receipt=receipt, role=role)
    return gettext(WORDS[_key(draft)][0])


def moment(at: datetime, zone: ZoneInfo | None = None) -> str:
    """A day and a time on the clocks of the zone (default: the active one): "Tue 2 Apr, 10:00"."""
    local = timezone.localtime(at, zone)
    this_year = local.year == timezone.localtime(timezone=zone).year
    day = dates.short(local) if this_year else dates.short_with_year(local)
    return dates.timed(day, local)


@contextmanager
def spoken_to(person: User | Customer) -> Iterator[None]:
    """In their language, with clocks that count as theirs do."""
    user = person if isinstance(person, User) else person.user
    clock = (user.clock if user else "") or clocks.usual(_tag(person) or languages.FALLBACK)
    with translation.override(language_of(person)), clocks.override(clock):
        yield


def language_of(person: User | Customer) -> str:
    """The nearest of ours to what they speak. A guest's is the provider's, if not said."""
    return languages.of(_tag(person))


def _tag(person: User | Customer) -> str:
    user = person if isinstance(person, User) else person.user or person.provider.user
    said = person.language if isinstance(person, Customer) and person.user is None else ""
    return said or (user.language if user else "")

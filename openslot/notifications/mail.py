"""A delivery as a mail: text, HTML and, where a calendar should follow, iCalendar (RFC 6047).

Words come from words.py; times stand in the reader's zone, and in the other side's where the
clocks differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email import encoders
from email.headerregistry import Address
from email.mime.base import MIMEBase
from email.utils import formataddr, parseaddr
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from openslot.accounts import addresses
from openslot.accounts.models import Customer, LocationKind, User
from openslot.appointments import sides
from openslot.appointments.changing import time_off
from openslot.appointments.guests import invitations
from openslot.appointments.models import ACTIVE, Act, Appointment, Move, Role, Status
from openslot.appointments.snapshots import Changes
from openslot.availability.models import TimeOff
from openslot.catalog import pricing
from openslot.catalog.questions import written
from openslot.kernel import timerange
from openslot.kernel.wording import amounts, dates
from openslot.notifications import ics, kinds, links, notices, words
from openslot.notifications.models import Delivery
from openslot.notifications.own_words import saying

ANSWERABLE = {"requested", "proposed"}
PLACES = {
    (LocationKind.IN_PERSON, Role.CUSTOMER): _("In person, at %(name)s"),
    (LocationKind.IN_PERSON, Role.PROVIDER): _("At your place"),
    (LocationKind.CUSTOMER, Role.CUSTOMER): _("At your place"),
    (LocationKind.CUSTOMER, Role.PROVIDER): _("At the customer's"),
}
MANNERS = {LocationKind.VIDEO: _("By video"), LocationKind.PHONE: _("By phone")}


def moves_of(act: Act) -> list[Move]:
    """What happened in an act, in order, with everybody whom it concerns; one query."""
    return list(
        act.moves.select_related(
            "appointment__provider__user",
            "appointment__customer__user",
            "appointment__customer__provider__user",
            "appointment__service",
        ).order_by("id")
    )


def kind_of(move: Move) -> str:
    return kinds.kind_of(move.action, status=move.to_status)


def start_told(move: Move) -> datetime:
    """The time that a move is about: the proposed one, the new one, or the one that stays."""
    changed = Changes.of(move.changes)
    if move.action == "propose" and changed.proposed and changed.proposed.after:
        return changed.proposed.after.start
    new = changed.start.after if changed.start else None
    return new or move.appointment.start


def composed(delivery: Delivery, *, own: str | None = None) -> EmailMultiAlternatives | None:
    """The mail, ready to be sent; None where the person has no address any more.

    With `own` it is as if those were the provider's own words.
    """
    person = delivery.user or delivery.customer
    if person is None or not person.email:
        return None
    with (
        words.spoken_to(person),
        timezone.override(_zone(person)),
    ):
        return _composed(delivery, person, saying.said(delivery, instead=own))


def _composed(
    delivery: Delivery, person: User | Customer, said: saying.Said | None
) -> EmailMultiAlternatives:
    told = words.told(delivery)
    moves = _moves(delivery)
    unsubscribe = links.unsubscribe(person, delivery.kind)
    context = {
        "told": told,
        "said": said,
        "entries": _entries(delivery, moves),
        "reason": delivery.act.reason if delivery.act else "",
        "buttons": _buttons(delivery) if isinstance(person, User) else _of_guest(delivery),
        "guest": isinstance(person, Customer),
        "unsubscribe": unsubscribe,
        "preferences": links.page("notification_preferences"),
        "home": settings.BASE_URL,
        "language": translation.get_language(),
    }
    message = EmailMultiAlternatives(
        subject=told.subject,
        body=render_to_string("notifications/mail.txt", context),
        to=[_mailbox(_clean(_name(person)), addresses.sent(person.email))],
        reply_to=_other_side(delivery),
        headers={
            "Message-ID": f"<{delivery.pk}@{_host()}>",  # the same however often it is tried
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(render_to_string("notifications/mail.html", context), "text/html")
    _invite(message, delivery, moves, person)
    return message


def _other_side(delivery: Delivery) -> list[str]:
    """Where answers go: to the other side of the appointment; nowhere, where it has no address."""
    one = delivery.appointment
    if one is None:
        return []
    if delivery.role == Role.PROVIDER:
        customer = one.customer
        address = customer.user.email if customer.user else customer.email
    else:
        address = one.provider.user.email if one.provider.user else ""
    name = _clean(sides.other_name(one, role=delivery.role))
    return [_mailbox(name, addresses.sent(address))] if address else []


def _mailbox(name: str, address: str) -> str:
    if address.isascii():
        return formataddr((name, address))
    local, _, domain = address.rpartition("@")
    return str(Address(name, local, domain))


def _invite(
    message: EmailMultiAlternatives,
    delivery: Delivery,
    moves: Sequence[Move],
    person: User | Customer,
) -> None:
    """One object for each appointment, as it stands now: the latest mail is always right."""
    invited = {
        move.appointment_id: move.appointment
        for move in moves
        if kinds.invites(move.action, side=delivery.role, status=move.appointment.status)
    }
    objects = [
        ics.invitation(
            each, role=delivery.role, address=addresses.sent(person.email), name=_name(person)
        )
        for each in invited.values()
    ]
    if len(objects) == 1:
        [(method, content)] = objects
        message.attach_alternative(content.decode(), f"text/calendar; method={method}")
        message.attach("invite.ics", content, "application/ics")  # for who reads no alternatives
        return
    for number, (method, content) in enumerate(objects, start=1):
        message.attach(_attachment(content, method=method, name=f"invite-{number}.ics"))


def _attachment(content: bytes, *, method: str, name: str) -> MIMEBase:
    part = MIMEBase("text", "calendar", method=method, charset="utf-8", name=name)
    part.set_payload(content)
    encoders.encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=name)
    return part


def _moves(delivery: Delivery) -> list[Move]:
    """Those of the act in which the person has the same part."""
    if delivery.act is None:
        return []
    return [
        move
        for move in moves_of(delivery.act)
        if move.action in kinds.RULES.keys() | kinds.ALONG and _belongs(move.appointment, delivery)
    ]


def _belongs(appointment: Appointment, delivery: Delivery) -> bool:
    if delivery.role == Role.PROVIDER:
        return appointment.provider.user_id == delivery.user_id
    if delivery.user_id is not None:
        return appointment.customer.user_id == delivery.user_id
    return appointment.customer_id == delivery.customer_id


def _entries(delivery: Delivery, moves: Sequence[Move]) -> list[dict[str, Any]]:
    """What the mail lists: a block of facts for each appointment."""
    if delivery.kind == "time_off_conflict":
        taken = TimeOff.objects.filter(pk=delivery.cause)
        clashes = [each for some in time_off.conflicts_of(taken).values() for each in some]
        return [_entry(each.appointment, Role.PROVIDER, at=each.span.start) for each in clashes]
    if not moves:
        one = delivery.appointment
        return [_entry(one, delivery.role, at=one.start)] if one else []
    return [_moved(move, delivery, several=len(moves) > 1) for move in moves]


def _moved(move: Move, delivery: Delivery, *, several: bool) -> dict[str, Any]:
    entry = _entry(move.appointment, delivery.role, at=start_told(move))
    start = Changes.of(move.changes).start
    if move.action == "propose":
        entry["was"] = words.moment(move.appointment.start)
    elif start and start.before:
        entry["was"] = words.moment(start.before)
    entry["what"] = ""
    if several:
        entry["what"] = words.headline_of(
            move.action, status=move.to_status, receipt=delivery.receipt, role=delivery.role
        )
    entry["proposes"] = move.action == "propose"
    return entry


def _entry(appointment: Appointment, role: str, *, at: datetime) -> dict[str, Any]:
    here = timezone.get_current_timezone()
    there = appointment.customer.zone() if role == Role.PROVIDER else appointment.provider.zone
    ends = timezone.localtime(at + appointment.duration)
    free = not appointment.price.amount
    return {
        "service": appointment.service.name,
        "when": f"{words.moment(at)}–{dates.clock(ends)}",
        "zone": str(here),
        "theirs": words.moment(at, there) if timerange.clocks_differ(at, here, there) else "",
        "their_zone": there.key,
        "other": sides.other_name(appointment, role=role),
        "phone": appointment.provider.contact_phone if role == Role.CUSTOMER else "",
        "place": _place(appointment, role),
        "price": gettext("Free") if free else amounts.money(_price(appointment)),
        "manage": _manage(appointment, role),
        "google": _add_to_google(appointment, role),
        "answers": _answers(appointment, role),
        "instructions": _instructions(appointment, role),
    }


def _manage(appointment: Appointment, role: str) -> str:
    """The link of a guest; who has an account signs in."""
    guest = role == Role.CUSTOMER and appointment.customer.user_id is None
    return links.manage(appointment) if guest else ""


def _answers(appointment: Appointment, role: str) -> list[tuple[str, str]]:
    """What the provider asked, with what was answered; nobody reads their own answers again."""
    if role != Role.PROVIDER:
        return []
    return [(each["label"], written(each)) for each in appointment.answers]


def _instructions(appointment: Appointment, role: str) -> str:
    """What the customer should know, while there is something to come to."""
    told = role == Role.CUSTOMER and appointment.is_active
    return appointment.service.instructions if told else ""


def _add_to_google(appointment: Appointment, role: str) -> str:
    """For whoever connects nothing; nowhere, where Google is not set up or nothing is agreed."""
    if not settings.GOOGLE_CLIENT_ID or appointment.status != Status.CONFIRMED:
        return ""
    return links.add_to_google(appointment, role=role)


def _place(appointment: Appointment, role: str) -> str:
    """The address, link or number; else the manner, and with whom it is."""
    kind = LocationKind(appointment.location_kind)
    if appointment.location_text or kind in MANNERS:
        return appointment.location_text or gettext(MANNERS[kind])
    return gettext(PLACES[kind, Role(role)]) % {"name": appointment.provider.name}


def _price(appointment: Appointment) -> Any:
    return pricing.rounded(appointment.price)


def _buttons(delivery: Delivery) -> list[tuple[str, str]]:
    """What can be done next, as verbs and addresses; each asks to sign in, then acts or asks."""
    one = delivery.appointment
    if one is None:
        texts = {
            "welcome": gettext("Find a time"),
            "time_off_conflict": gettext("See your time off"),
            "sync_attention": gettext("See what it is"),
        }
        return [(texts[delivery.kind], links.page(notices.page(delivery)))]
    see = (gettext("See the appointment"), links.page("appointment", one.pk))
    asks = delivery.kind in ANSWERABLE and delivery.action != "withdraw" and not delivery.receipt
    if not asks:
        return [see]
    return [
        (gettext("Accept"), links.page("act", one.pk, "accept")),
        (gettext("Decline"), links.page("act", one.pk, "decline")),
        see,
    ]


def _of_guest(delivery: Delivery) -> list[tuple[str, str]]:
    """A guest's own link; before it, for one who has an account, where they say it is theirs."""
    one = delivery.appointment
    if one is None:
        return []
    buttons = [(gettext("See, move or cancel it"), _manage(one, Role.CUSTOMER))]
    if one.status in ACTIVE and invitations.owner(one.customer) is not None:
        buttons.insert(0, (gettext("Accept"), links.page("invitation", one.pk)))
    return [(text, address) for text, address in buttons if address]


def _zone(person: User | Customer) -> ZoneInfo:
    return person.zone if isinstance(person, User) else person.zone()


def _name(person: User | Customer) -> str:
    return person.get_full_name() if isinstance(person, User) else person.name


def _clean(name: str) -> str:
    """Without what would end a header or begin another address."""
    return " ".join("".join(letter for letter in name if letter.isprintable()).split())


def _host() -> str:
    return bare(settings.DEFAULT_FROM_EMAIL).partition("@")[2] or "localhost"


def bare(address: str) -> str:
    """The address alone."""
    return parseaddr(address)[1]

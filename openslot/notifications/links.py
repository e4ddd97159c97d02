"""Addresses in mails and feeds: absolute, under BASE_URL; and what their signed parts mean."""

from __future__ import annotations

from datetime import UTC
from typing import NamedTuple
from urllib.parse import quote, urlencode
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from openslot.accounts.models import Customer, User
from openslot.appointments.guests.links import token
from openslot.appointments.models import Appointment, Role
from openslot.kernel.errors import NotFound
from openslot.notifications import kinds

UNSUBSCRIBE = "notifications.unsubscribe"


class Subscription(NamedTuple):
    """The mails of a kind to a person: an account, or a guest of a provider."""

    user_id: UUID | None
    customer_id: UUID | None
    kind: str


def page(name: str, *args: object) -> str:
    return f"{settings.BASE_URL}{reverse(name, args=args)}"


def manage(appointment: Appointment) -> str:
    """Where somebody without an account looks after it; "" where there is nobody to tell."""
    secret = token(appointment)
    return page("guest_appointment", secret) if secret else ""


def add_to_google(appointment: Appointment, *, role: str) -> str:
    """Where Google makes an event of it, once; a connected calendar follows by itself."""
    start, end = (at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ") for at in appointment.span)
    asked = {
        "action": "TEMPLATE",
        "text": f"{appointment.service.name}: {_other(appointment, role)}",
        "dates": f"{start}/{end}",
        "location": appointment.location_text,
        "details": page("appointment", appointment.pk),
    }
    return f"https://calendar.google.com/calendar/render?{urlencode(asked)}"


def add_to_outlook(appointment: Appointment, *, role: str) -> str:
    """Where Outlook on the web makes an event of it, once."""
    start, end = (at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for at in appointment.span)
    asked = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": f"{appointment.service.name}: {_other(appointment, role)}",
        "startdt": start,
        "enddt": end,
        "location": appointment.location_text,
        "body": page("appointment", appointment.pk),
    }
    query = urlencode(asked, quote_via=quote)
    return f"https://outlook.live.com/calendar/0/deeplink/compose?{query}"


def _other(appointment: Appointment, role: str) -> str:
    return appointment.provider.name if role == Role.CUSTOMER else appointment.customer_name


def unsubscribe(person: User | Customer, kind: str) -> str:
    """Where the person ends the mails of a kind, without signing in."""
    what = "u" if isinstance(person, User) else "c"
    token = signing.dumps([what, person.pk.hex, kind], salt=UNSUBSCRIBE)
    return page("unsubscribe", token)


def subscription(token: str) -> Subscription:
    """What an address made by `unsubscribe` means. Raises `NotFound` for any other."""
    try:
        what, pk, kind = signing.loads(token, salt=UNSUBSCRIBE)
    except signing.BadSignature as error:
        raise NotFound from error
    if kind not in kinds.KINDS:
        raise NotFound
    return Subscription(UUID(pk) if what == "u" else None, UUID(pk) if what == "c" else None, kind)

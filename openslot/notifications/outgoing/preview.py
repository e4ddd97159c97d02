"""A mail as a customer would get it, before anything happens of which it could tell.

Its appointment, its customer and the delivery are made up and never saved.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone, translation
from django.utils.translation import gettext
from moneyed import Money

from openslot.accounts.models import Customer, Provider, User
from openslot.appointments.models import Appointment, Role, Status
from openslot.catalog import pricing
from openslot.catalog.models import Service
from openslot.kernel import timerange
from openslot.notifications import mail, words
from openslot.notifications.models import Delivery

# Which act the mails of a kind tell a customer of, and how the appointment stands then.
ACTS = {
    "requested": ("book", Status.PENDING),
    "confirmed": ("accept", Status.CONFIRMED),
    "declined": ("decline", Status.DECLINED),
    "cancelled": ("cancel", Status.CANCELLED),
    "moved": ("reschedule", Status.CONFIRMED),
    "reminder": ("", Status.CONFIRMED),
}
AHEAD = timedelta(days=3)
BEGINS = time(10)


class Shown(NamedTuple):
    subject: str
    text: str
    html: str


def shown(provider: Provider, kind: str, *, own: str, now: datetime) -> Shown:
    """The mail of that kind to one of the provider's customers, with these words of their own.

    It speaks of their first service by name, to somebody of their language and zone.
    """
    user = provider.user
    with translation.override(words.language_of(user) if user else "en"):
        customer = _customer(provider)
        appointment = _appointment(provider, customer, now=now)
    action, appointment.status = ACTS[kind]
    delivery = Delivery(
        user=customer.user,
        kind=kind,
        action=action,
        appointment=appointment,
        role=Role.CUSTOMER,
        receipt=kind == "requested",
        start=appointment.start,
    )
    made = mail.composed(delivery, own=own)
    if made is None:
        raise AssertionError("somebody who is made up has an address")
    return Shown(str(made.subject), str(made.body), str(made.alternatives[0][0]))


def _customer(provider: Provider) -> Customer:
    user = User(
        email="sam@example.org",
        first_name=gettext("Sam"),
        last_name=gettext("Example"),
        timezone=provider.timezone,
        language=provider.user.language if provider.user else "en",
        clock=provider.user.clock if provider.user else "",
    )
    return Customer(provider=provider, user=user)


def _appointment(provider: Provider, customer: Customer, *, now: datetime) -> Appointment:
    service = _service(provider)
    service.provider = provider
    day = (timezone.localtime(now, provider.zone) + AHEAD).date()
    start = timerange.instant(day, BEGINS, provider.zone)
    kind, text = service.location
    return Appointment(
        provider=provider,
        customer=customer,
        service=service,
        start=start,
        end=start + service.duration,
        price=pricing.price(service),
        location_kind=kind,
        location_text=text,
    )


def _service(provider: Provider) -> Service:
    mine = Service.objects.kept().filter(provider=provider)
    first = mine.filter(active=True).order_by("name", "pk").first()
    return first or Service(
        name=gettext("Your service"), duration_minutes=60, tariff=Money(45, "EUR")
    )

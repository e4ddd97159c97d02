"""The mail with the digits by which somebody shows an address to be theirs, and their links."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation

from openslot.accounts import addresses
from openslot.accounts.models import AddressCode, Customer
from openslot.accounts.signing import codes
from openslot.appointments.models import Appointment
from openslot.notifications import links, words

MOST = 50  # links in one mail


def send(asked: AddressCode) -> None:
    """Mail the digits that were asked for, and the links of what is to come."""
    guests = list(Customer.objects.filter(user=None, email=asked.email).select_related("provider"))
    with words.spoken_to(guests[-1]) if guests else translation.override("en"):
        context = {
            "code": codes.digits(asked),
            "links": _links(guests),
            "home": settings.BASE_URL,
        }
        _mail(asked.email, context).send()


def _links(guests: list[Customer]) -> list[dict[str, Any]]:
    coming = Appointment.objects.filter(customer__in=guests).upcoming(timezone.now())
    return [
        {
            "when": words.moment(each.start, each.customer.zone()),
            "service": each.service.name,
            "other": each.provider.name,
            "url": links.manage(each),
        }
        for each in coming.with_people()[:MOST]
    ]


def _mail(email: str, context: dict[str, Any]) -> EmailMultiAlternatives:
    subject = translation.gettext("%(code)s is your code") % context
    message = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string("notifications/digits.txt", context),
        to=[addresses.sent(email)],
        headers={"Auto-Submitted": "auto-generated"},
    )
    context |= {"subject": subject}
    message.attach_alternative(render_to_string("notifications/digits.html", context), "text/html")
    return message

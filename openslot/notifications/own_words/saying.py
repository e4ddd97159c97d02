"""A provider's own words: what they are, and what of them stands in a mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from openslot.accounts import locks
from openslot.accounts.models import Customer, Provider
from openslot.appointments.models import Appointment, Role
from openslot.kernel.errors import Invalid
from openslot.kernel.wording import dates, texts
from openslot.notifications import kinds
from openslot.notifications.models import OWN_WORDS, Delivery, OwnWords
from openslot.notifications.own_words import placeholders


class Said(NamedTuple):
    """In one mail: as plain text, and as paragraphs of HTML."""

    text: str
    paragraphs: list[SafeString]


def of(provider: Provider) -> dict[str, str]:
    """What they say, by kind; a kind of which they say nothing is not in it."""
    said = dict(OwnWords.objects.filter(provider=provider).values_list("kind", "text"))
    return {kind: said[kind] for kind in kinds.OWN if kind in said}


@transaction.atomic
def put(provider: Provider, words: Mapping[str, str]) -> dict[str, str]:
    """Say these and no others. Raises `Invalid` with each kind whose text cannot be said."""
    locks.provider(provider.pk)
    return _put(provider, words)


@transaction.atomic
def say(provider: Provider, kind: str, text: str) -> None:
    """Say this in the mails of one kind; "" is nothing. Raises `Invalid` as `put` does."""
    locks.provider(provider.pk)
    _put(provider, of(provider) | {kind: text})


def _put(provider: Provider, words: Mapping[str, str]) -> dict[str, str]:
    kept = {kind: text.strip() for kind, text in words.items()}
    if problems := {kind: told for kind, text in kept.items() if (told := problem(kind, text))}:
        raise Invalid(**problems)
    kept = {kind: text for kind, text in kept.items() if texts.shows(text)}
    OwnWords.objects.filter(provider=provider).exclude(kind__in=kept).delete()
    OwnWords.objects.bulk_create(
        [OwnWords(provider=provider, kind=kind, text=text) for kind, text in kept.items()],
        update_conflicts=True,
        unique_fields=["provider", "kind"],
        update_fields=["text"],
    )
    return of(provider)


def problem(kind: str, text: str) -> str:
    """Why that cannot be said in mails of the kind; "" where it can."""
    if kind not in kinds.OWN:
        return gettext("There is no such field.")
    if len(text) > OWN_WORDS:
        return gettext("At most {number} characters.").format(number=OWN_WORDS)
    return placeholders.problem(text)


def said(delivery: Delivery, *, instead: str | None = None) -> Said | None:
    """What the provider says in the mail; None where it is not to a customer, or they say nothing.

    `instead`: as if they said that. Wants the language and the zone of whoever reads it.
    """
    one = delivery.appointment
    if one is None or delivery.role != Role.CUSTOMER or delivery.kind not in kinds.OWN:
        return None
    text = _words(one, delivery.kind) if instead is None else instead
    if not text:
        return None
    values = _values(one, delivery)
    return Said(
        placeholders.filled(texts.newlines(text), values), placeholders.paragraphs(text, values)
    )


def _words(appointment: Appointment, kind: str) -> str:
    kept = OwnWords.objects.filter(provider=appointment.provider_id, kind=kind)
    return kept.values_list("text", flat=True).first() or ""


def _values(appointment: Appointment, delivery: Delivery) -> dict[str, str]:
    at = timezone.localtime(delivery.start or appointment.start)
    return {
        "first_name": _first_name(appointment.customer),
        "service": appointment.service.name,
        "date": dates.long_with_year(at),
        "time": dates.clock(at),
    }


def _first_name(customer: Customer) -> str:
    return (customer.user or customer).first_name or customer.name

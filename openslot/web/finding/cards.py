"""Providers as cards: what they offer of what was asked for, and their next times."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from openslot.accounts.models import Provider, User
from openslot.appointments.free import slots
from openslot.appointments.free.slots import Earliest, When
from openslot.catalog import finding, pricing
from openslot.catalog.models import Service
from openslot.web.parts import picker

NAMED = 3
TIMES = 3


def cards(
    providers: Sequence[Provider],
    asked: dict[str, Any],
    when: When,
    *,
    reader: object,
    now: datetime,
) -> list[dict[str, Any]]:
    """As components/provider_card.html takes them.

    Who is not signed in sees each provider's own zone, as on its page.
    """
    fitting = {provider.pk: _fitting(provider, asked) for provider in providers}
    offered = [service for each in fitting.values() for service in each]
    coming = slots.coming(offered, each=TIMES, when=when, now=now)
    return [
        {
            "provider": provider,
            "href": reverse("provider", args=[provider.slug]),
            "price": _lowest(fitting[provider.pk]),
            "text": ", ".join(service.name for service in fitting[provider.pk][:NAMED]),
            "zone": (reader if isinstance(reader, User) else provider).timezone,
            "slots": _slots(provider, coming.get(provider.pk, ())),
        }
        for provider in providers
    ]


def next_of(
    provider: Provider, services: Sequence[Service], *, now: datetime
) -> list[dict[str, Any]]:
    """The next times of a provider, whatever the service."""
    coming = slots.coming(services, each=TIMES, now=now)
    return _slots(provider, coming.get(provider.pk, ()))


def soonest(
    providers: Sequence[Provider],
    asked: dict[str, Any],
    when: When,
    *,
    now: datetime,
    enough: int | None,
) -> dict[UUID, datetime]:
    """When each of them next has time for what was asked for; `enough` as in `slots.coming`."""
    offered = [service for provider in providers for service in _fitting(provider, asked)]
    found = slots.coming(offered, each=1, when=when, now=now, enough=enough)
    return {pk: times[0].slot.start for pk, times in found.items()}


def _fitting(provider: Provider, asked: dict[str, Any]) -> list[Service]:
    """What of theirs is meant: of that price, place and category, or all filed under others."""
    sold = [service for service in finding.services_of(provider) if _fits(service, asked)]
    filed = [
        service
        for service in sold
        if service.category is not None and service.category.slug == asked["category"]
    ]
    return filed or sold


def _fits(service: Service, asked: dict[str, Any]) -> bool:
    if asked["price_max"] is not None and not _affordable(service, asked):
        return False
    return not asked["place"] or service.location[0] == asked["place"]


def _affordable(service: Service, asked: dict[str, Any]) -> bool:
    """Amounts are compared in one currency; what costs nothing costs nothing in any."""
    price = pricing.price(service)
    comparable = price.currency.code == asked["currency"] or not service.tariff.amount
    return comparable and price.amount <= asked["price_max"]


def _lowest(services: Sequence[Service]) -> Any:
    """The lowest price where all are in one currency, else none."""
    prices = [pricing.price(service) for service in services]
    return min(prices) if len({price.currency for price in prices}) == 1 else None


def _slots(provider: Provider, coming: Sequence[Earliest]) -> list[dict[str, Any]]:
    page = picker.Way(reverse("provider", args=[provider.slug]), {})
    return [
        {
            "at": each.slot.start,
            "href": page.to(service=str(each.service.pk), at=each.slot.start),
            "service": each.service,
        }
        for each in coming
    ]

"""How a public page is seen from outside: by search engines, and by whoever shows a link to it.

A description of 20 to 320 characters, Open Graph (ogp.me), and data of schema.org as JSON-LD.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext

from openslot.accounts.models import LocationKind, Provider
from openslot.catalog import pricing
from openslot.catalog.models import Service

LEAST, MOST = 20, 320  # characters of a description
CARD = "card.png"  # where a page has no picture of its own
# What would end the element, or begin another one.
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


class Seen(NamedTuple):
    title: str
    description: str
    url: str
    image: str
    kind: str = "website"
    data: SafeString | None = None  # JSON-LD


def home(request: HttpRequest) -> Seen:
    text = gettext(
        "Find the practices, studios and teachers around you, see when they are free, and book in "
        "a minute, with an account or without one."
    )
    return _seen(request, gettext("OpenSlot: book time with the people you need"), text)


def found(request: HttpRequest, categories: Sequence[str]) -> Seen:
    """The page where people search."""
    text = gettext("See who has time, and book the next free one.")
    if categories:
        text = gettext("See who has time, and book the next free one: {categories}.").format(
            categories=", ".join(categories)
        )
    return _seen(request, gettext("Find a time"), text)


def provider(request: HttpRequest, shown: Provider, services: Sequence[Service]) -> Seen:
    """A provider's page, as a business that makes offers."""
    text = " ".join(" ".join(part.split()) for part in (shown.headline, shown.bio) if part.strip())
    if len(text) < LEAST:
        offers = ", ".join(service.name for service in services)
        book = gettext("Book an appointment with {name}").format(name=shown.name)
        text = " ".join(filter(None, [text, f"{book}: {offers}" if offers else book]))
    image = _absolute(shown.photo.url) if shown.photo else ""
    seen = _seen(request, shown.name, text, image=image, kind="profile")
    return seen._replace(data=_json(_business(seen, shown, services)))


def _business(seen: Seen, shown: Provider, services: Sequence[Service]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "LocalBusiness",
        "@id": seen.url,
        "name": shown.name,
        "url": seen.url,
        "description": seen.description,
        "image": seen.image,
        "makesOffer": [_offer(service) for service in services],
    }
    if shown.location_kind == LocationKind.IN_PERSON and shown.location_text:
        said["address"] = shown.location_text
    return said


def _offer(service: Service) -> dict[str, Any]:
    price = pricing.price(service)
    return {
        "@type": "Offer",
        "price": str(price.amount),
        "priceCurrency": price.currency.code,
        "itemOffered": {"@type": "Service", "name": service.name},
    }


def _seen(
    request: HttpRequest, title: str, text: str, *, image: str = "", kind: str = "website"
) -> Seen:
    """The address is the page's own, without what was chosen on it."""
    return Seen(
        title=title,
        description=Truncator(text).chars(MOST),
        url=settings.BASE_URL + request.path,
        image=image or _absolute(static(CARD)),
        kind=kind,
    )


def _absolute(path: str) -> str:
    return path if path.startswith("http") else settings.BASE_URL + path


def _json(said: dict[str, Any]) -> SafeString:
    return mark_safe(json.dumps(said, ensure_ascii=False).translate(ESCAPES))  # noqa: S308

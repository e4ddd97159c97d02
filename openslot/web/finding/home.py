"""Home, and finding a provider: search, categories, and who is free when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from openslot.accounts.models import Provider, User
from openslot.appointments.free import slots
from openslot.appointments.models import Appointment
from openslot.catalog import finding, pricing
from openslot.catalog.models import Service
from openslot.kernel.errors import NotFound
from openslot.web.finding import seen
from openslot.web.parts import partials, picker

PER_PAGE = 12
COMING = 3


class FindForm(forms.Form):
    search = forms.CharField(required=False, max_length=200)
    category = forms.SlugField(required=False, max_length=80)
    page = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)


def home(request: HttpRequest) -> HttpResponse:
    context: dict[str, Any] = {
        "categories": [each for each in finding.category_counts() if each[1]],
        "seen": seen.home(request),
    }
    if isinstance(request.user, User):
        context |= _mine(request.user, now=timezone.now())
    return render(request, "finding/home.html", context)


def _mine(user: User, *, now: datetime) -> dict[str, Any]:
    """What comes next for somebody."""
    mine = Appointment.objects.visible_to(user).with_people()
    return {"coming": list(mine.upcoming(now)[:COMING])}


def find(request: HttpRequest) -> HttpResponse:
    form = FindForm(request.GET)
    if not form.is_valid():
        raise NotFound
    asked = form.cleaned_data
    listed = finding.providers(category=asked["category"] or None, search=asked["search"] or None)
    where = picker.way(request.path, asked, "search", "category")
    context = partials.paged(listed, asked["page"], size=PER_PAGE, where=where)
    context["cards"] = _cards(list(context["page"].object_list), request.user, now=timezone.now())
    chips = _choices(asked)
    context |= {"form": form, "categories": chips}
    context["seen"] = seen.found(request, [chip["name"] for chip in chips[1:]])
    return partials.answer(request, "finding/find.html", context, part="found")


def _choices(asked: dict[str, Any]) -> list[dict[str, Any]]:
    """The categories as chips; the search goes along. Raises `NotFound` for an unknown one."""
    where = picker.way(reverse("find"), asked, "search")
    chips: list[dict[str, Any]] = [
        {"name": category.name, "href": where.to(category=category.slug), "slug": category.slug}
        for category, count in finding.category_counts()
        if count or category.slug == asked["category"]
    ]
    if asked["category"] and asked["category"] not in {chip["slug"] for chip in chips}:
        raise NotFound
    chips.insert(0, {"name": "All", "href": where.to(), "slug": ""})
    return [chip | {"chosen": chip["slug"] == asked["category"]} for chip in chips]


def _cards(providers: Sequence[Provider], reader: object, *, now: datetime) -> list[dict[str, Any]]:
    """The providers with lowest price and soonest time, as provider_card.html takes them.

    Who is not signed in sees each provider's own zone, as on its page.
    """
    services = {provider.pk: finding.services_of(provider) for provider in providers}
    offered = [service for each in services.values() for service in each]
    soonest = {
        nearest.service.provider_id: nearest
        for nearest in slots.earliest(offered, limit=len(providers) or 1, now=now)
    }
    return [
        {
            "provider": provider,
            "href": reverse("provider", args=[provider.slug]),
            "price": _lowest(services[provider.pk]),
            "text": ", ".join(service.name for service in services[provider.pk][:COMING]),
            "zone": (reader if isinstance(reader, User) else provider).timezone,
            "slots": _slot(provider, soonest.get(provider.pk)),
        }
        for provider in providers
    ]


def _lowest(services: Sequence[Service]) -> Any:
    """The lowest price where all are in one currency, else none."""
    prices = [pricing.price(service) for service in services]
    return min(prices) if len({price.currency for price in prices}) == 1 else None


def _slot(provider: Provider, earliest: slots.Earliest | None) -> list[dict[str, Any]]:
    if earliest is None:
        return []
    page = picker.Way(reverse("provider", args=[provider.slug]), {})
    href = page.to(service=str(earliest.service.pk), at=earliest.slot.start)
    return [{"at": earliest.slot.start, "href": href, "service": earliest.service}]

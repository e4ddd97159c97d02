"""A provider's page: who they are, what they offer, and what is free."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from openslot.accounts.models import Provider
from openslot.accounts.offering import slugs
from openslot.availability import hours
from openslot.catalog.models import Service
from openslot.kernel import timerange
from openslot.kernel.errors import NotFound
from openslot.kernel.timerange import Span
from openslot.kernel.wording import dates
from openslot.web.finding import cards, seen
from openslot.web.parts import partials, picker
from openslot.web.parts.repeats import DAY_NAMES
from openslot.web.parts.requests import choosing


def provider(request: HttpRequest, slug: str) -> HttpResponse:
    now, choice = timezone.now(), picker.read(request)
    shown = listed(slug)
    services = offered(shown)
    service = chosen(services, choice["service"])
    zone = picker.zone_for(request, choice, shown)
    context: dict[str, Any] = {"provider": shown, "services": services, "service": service}
    context["seen"] = seen.provider(request, shown, services)
    if service is not None:
        where = picker.way(request.path, choice, "service", "zone", "view")
        times = picker.picker(
            service, choice, where=where, zone=zone, now=now, claim=choosing(request)
        )
        context |= {"picker": times, "book_href": book_href(service, times.chosen, zone)}
        context |= zones(shown, zone, choice, at=times.chosen.start if times.chosen else now)
    elif services:
        context |= {"hours": _hours(shown), "next": cards.next_of(shown, services, now=now)}
        context["zone"] = zone.key
    with timezone.override(zone):
        return partials.answer(request, "finding/provider.html", context, part="booking")


def _hours(shown: Provider) -> list[tuple[str, list[hours.WeekSpan]]]:
    """The days of the week on which they work, with their hours, by their own clock."""
    spans = groupby(hours.week(shown), key=lambda span: span.weekday)
    return [(str(DAY_NAMES[weekday - 1]), list(each)) for weekday, each in spans]


def listed(slug: str) -> Provider:
    """The provider whom customers can find. Raises `NotFound`, `MovedPermanently` among them."""
    shown = Provider.objects.listed().select_related("user").filter(slug=slug).first()
    if shown is None:
        raise slugs.nobody(slug)
    return shown


def offered(of: Provider) -> list[Service]:
    """What customers can book of a provider, by name."""
    services = list(Service.objects.offered().filter(provider=of).select_related("requires"))
    services.sort(key=lambda service: (service.name.casefold(), service.pk))
    for service in services:
        service.provider = of
    return services


def chosen(services: list[Service], pk: UUID | None) -> Service | None:
    """The service of that id; without one, the only service there is. Raises `NotFound`."""
    if pk is None:
        return services[0] if len(services) == 1 else None
    wanted = next((service for service in services if service.pk == pk), None)
    if wanted is None:
        raise NotFound
    return wanted


def book_href(service: Service, span: Span | None, zone: ZoneInfo) -> str:
    """Where the chosen time is booked; the zone goes along, so the next page says the same."""
    if span is None:
        return ""
    path = reverse("book", args=[service.provider.slug, service.pk])
    return picker.Way(path, {"zone": zone.key}).to(at=span.start)


def zones(of: Provider, zone: ZoneInfo, choice: dict[str, Any], *, at: datetime) -> dict[str, Any]:
    """The zone switch, and the provider's own time where its clocks show something else."""
    differs = timerange.clocks_differ(at, zone, of.zone)
    return {
        "zone": zone.key,
        "zone_form": picker.Choice({**choice, "zone": zone.key}),
        "their_zone": of.zone if differs else None,
        "their_time": gettext("{when} in {zone}").format(
            when=dates.moment(at, of.zone), zone=of.timezone
        )
        if differs
        else "",
    }

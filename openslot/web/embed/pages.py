"""A provider's booking as it stands in a frame: services, times, name and address, booked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from openslot.accounts.models import Guests
from openslot.appointments.guests import links
from openslot.catalog.models import Service
from openslot.web import errors
from openslot.web.booking import unsigned
from openslot.web.booking.unsigned import GuestForm
from openslot.web.embed.framing import framed, on_sites_of
from openslot.web.finding import providers
from openslot.web.guest.behind import untold
from openslot.web.parts import partials, picker


@require_safe
@framed
def times(request: HttpRequest, slug: str) -> HttpResponse:
    now, choice = timezone.now(), picker.read(request)
    shown = providers.listed(slug)
    services = providers.offered(shown)
    service = providers.chosen(services, choice["service"])
    zone = picker.zone_for(request, choice, shown)
    context: dict[str, Any] = {"provider": shown, "services": services, "service": service}
    if service is not None:
        where = picker.way(request.path, choice, "service", "zone", "view")
        month = picker.picker(service, choice, where=where, zone=zone, now=now)
        at = month.chosen.start if month.chosen else now
        context |= {
            "picker": month,
            "own_tab": shown.guests != Guests.ALLOWED,
            "book_href": _book_href(service, choice, at) if month.chosen else "",
            **providers.zones(shown, zone, choice, at=at),
        }
    with timezone.override(zone):
        answer = partials.answer(request, "embed/times.html", context, part="booking")
    return on_sites_of(shown, answer)


@framed
def book(request: HttpRequest, slug: str, service: UUID) -> HttpResponse:
    """Name, address and the button; the same form as on our own page."""
    shown, choice = providers.listed(slug), picker.read(request)
    offer = providers.chosen(providers.offered(shown), service)
    if offer is None or choice["at"] is None or shown.guests != Guests.ALLOWED:
        again = f"{reverse('embed', args=[slug])}?service={service}"
        return on_sites_of(shown, redirect(again))
    form = unsigned.form_of(request, offer)

    def draw() -> HttpResponse:
        return _form(request, offer, choice, form)

    if request.method != "POST":
        return on_sites_of(shown, draw())
    at = choice["at"]
    answer = unsigned.booked(
        request, form, lambda: form.wanted(at), form=form, draw=draw, page="embed_booked", told=""
    )
    return on_sites_of(shown, answer)


@require_safe
@framed
def booked(request: HttpRequest, token: str) -> HttpResponse:
    """What happens now; looked after on a page of our own, in a tab of its own."""
    made = links.opened(token)
    context = {"appointment": made, "token": token, "provider": made.provider}
    with timezone.override(made.customer.zone()):
        answer = render(request, "embed/booked.html", context)
    return on_sites_of(made.provider, untold(answer))


def _form(
    request: HttpRequest, offer: Service, choice: dict[str, Any], form: GuestForm
) -> HttpResponse:
    start, zone = choice["at"], picker.zone_for(request, choice, offer.provider)
    back = picker.way(reverse("embed", args=[offer.provider.slug]), choice, "zone")
    context = {
        "provider": offer.provider,
        "service": offer,
        "starts": start,
        "ends": start + offer.duration,
        "at": picker.stamp(start),
        "form": form,
        "own_href": _own_href(offer, choice, start),
        "back_href": back.to(service=str(offer.pk), at=start),
        **providers.zones(offer.provider, zone, choice, at=start),
    }
    with timezone.override(zone):
        return render(request, "embed/book.html", context, status=errors.status(form))


def _book_href(service: Service, choice: dict[str, Any], at: Any) -> str:
    """On in the frame; where only who signs in can book, on our own page."""
    if service.provider.guests != Guests.ALLOWED:
        return _own_href(service, choice, at)
    path = reverse("embed_book", args=[service.provider.slug, service.pk])
    return picker.way(path, choice, "zone").to(at=at)


def _own_href(service: Service, choice: dict[str, Any], at: Any) -> str:
    path = reverse("book", args=[service.provider.slug, service.pk])
    return picker.way(path, choice, "zone").to(at=at)

"""Booking more than one: a series, or a whole course. The dates are shown first, then booked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from openslot.appointments.booking import making, preview
from openslot.appointments.booking.asking import Guest, Request
from openslot.appointments.booking.plan import Booked
from openslot.appointments.models import Status, Way
from openslot.catalog.models import Service
from openslot.web import errors
from openslot.web.booking import unsigned
from openslot.web.booking.asked import Asking
from openslot.web.finding import providers
from openslot.web.parts import picker, repeats
from openslot.web.parts.pressing import Answer, once
from openslot.web.parts.requests import holder, reader


class SeveralForm(Asking, repeats.RepeatForm):
    """How often, and what is asked, once for all dates."""


def book_several(request: HttpRequest, slug: str, service: UUID) -> HttpResponse:
    """The dates, each with its verdict; pressed, they are booked."""
    choice = picker.read(request)
    offer = providers.chosen(providers.offered(providers.listed(slug)), service)
    if offer is None or choice["at"] is None:
        return redirect(f"{reverse('provider', args=[slug])}?service={service}")
    form = SeveralForm(request.POST if request.method == "POST" else request.GET)
    form.ask(offer.questions, sent=request.method == "POST")
    if form.is_valid() and form.once:
        return redirect(book_way(offer, choice).to(at=choice["at"]))
    if unsigned.takes_guests(request, offer):
        return _unsigned(request, offer, choice, form)
    return _signed_in(request, offer, choice, form)


@login_required
@once
def _signed_in(
    request: HttpRequest, offer: Service, choice: dict[str, Any], form: SeveralForm
) -> Answer | HttpResponse:
    dates, user = None, reader(request)
    if form.is_valid():
        wanted = _wanted(request, offer, choice, form)
        made = None
        if request.method == "POST":
            made = errors.outcome(form, lambda: making.book(wanted, by=user, via=Way.PAGE))
        if made is not None:
            return booked(made, told=offer.provider.name, zone=picker.other_zone(user, choice))
        dates = errors.outcome(form, lambda: preview.preview(wanted, by=user))
    return _page(request, offer, choice, form, dates)


def _unsigned(
    request: HttpRequest, offer: Service, choice: dict[str, Any], form: SeveralForm
) -> HttpResponse:
    who = unsigned.form_of(request, offer, asks=False)
    del who.fields["notes"]  # they are asked for with the dates, as are the service's questions

    def wanted() -> Request:
        return _wanted(request, offer, choice, form)

    def draw() -> HttpResponse:
        dates = errors.outcome(form, lambda: preview.preview(wanted(), by=Guest()))
        return _page(request, offer, choice, form, dates, who=who)

    if request.method != "POST" or not form.is_valid():
        return draw()
    return unsigned.booked(request, who, wanted, form=form, draw=draw)


def _wanted(
    request: HttpRequest, offer: Service, choice: dict[str, Any], form: SeveralForm
) -> Request:
    """What the form asks for; the time that the page before has kept is no obstacle to it."""
    request_for = form.wanted(offer, choice["at"])
    return replace(request_for, browser=holder(request).browser, answers=form.answers())


def book_way(offer: Service, choice: dict[str, Any]) -> picker.Way:
    """Back to the booking page, with the zone."""
    path = reverse("book", args=[offer.provider.slug, offer.pk])
    return picker.way(path, choice, "zone")


def other_way(offer: Service, choice: dict[str, Any]) -> picker.Way:
    """Back to choosing a time."""
    return picker.way(reverse("provider", args=[offer.provider.slug]), choice, "zone")


def missing(form: forms.Form, offer: Service, codes: set[str | None]) -> Service | None:
    """The service to book first, where that is what stands in the way."""
    told = {error.code for error in form.non_field_errors().as_data()}
    return offer.requires if "prerequisite_missing" in codes | told else None


def booked(made: Booked, *, told: str, zone: str = "") -> Answer:
    """Away to what was made, of which that side gets a mail."""
    people = made.first.customer_id, made.first.provider_id
    words = (
        gettext("Booked. {told} gets a mail.").format(told=told)
        if told
        else gettext("Booked. Nobody gets a mail.")
    )
    if made.first.status == Status.PENDING:
        words = gettext("Request sent. {told} gets a mail, and answers it.").format(told=told)
    return Answer(page_of(made, zone=zone), words, about=people)


def page_of(made: Booked, *, zone: str = "", fresh: bool = False) -> str:
    """Where what was made is looked at, in the zone in which its time was chosen.

    `fresh`: the page says that it is booked.
    """
    kept = {"booked": "1"} if fresh else {}
    page = reverse("appointment", args=[made.first.pk])
    if made.series is not None:
        page = reverse("series", args=[made.series.pk])
    return picker.Way(page, kept | ({"zone": zone} if zone else {})).to()


def _page(
    request: HttpRequest,
    offer: Service,
    choice: dict[str, Any],
    form: SeveralForm,
    shown: preview.Preview | None,
    *,
    who: unsigned.GuestForm | None = None,
) -> HttpResponse:
    start, course = choice["at"], bool(form.data.get("course"))
    zone = picker.zone_for(request, choice, offer.provider)
    dates = repeats.shown(shown, all_or_none=not course and form.stops)
    context: dict[str, Any] = {
        "provider": offer.provider,
        "service": offer,
        "course": course,
        "starts": start,
        "at": picker.stamp(start),
        "form": form,
        "who": who,
        **dates,
        "clashes": dates["clashes"] and not course,
        "too_far": bool(shown and shown.missing and shown.missing.too_far),
        "first": missing(
            form, offer, {each.reason for each in shown.occurrences} if shown else set()
        ),
        "back_href": book_way(offer, choice).to(at=start),
        "other_href": other_way(offer, choice).to(service=str(offer.pk), at=start),
        **providers.zones(offer.provider, zone, choice, at=start),
    }
    if shown:
        context["words"] = form.words(start, zone=offer.provider.zone)
    with timezone.override(zone):
        return render(
            request,
            "booking/book_several.html",
            context,
            status=errors.status(form, *([who] if who else [])),
        )

"""Booking more than one: a series, or a whole course. The dates are shown first, then booked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from openslot.accounts.models import Provider
from openslot.appointments.booking import courses, preview, series
from openslot.appointments.models import Appointment, Series, Way
from openslot.catalog.models import Service
from openslot.web import errors
from openslot.web.finding import providers
from openslot.web.parts import picker, repeats
from openslot.web.parts.requests import reader


@login_required
def book_several(request: HttpRequest, slug: str, service: UUID) -> HttpResponse:
    """The dates, each with its verdict; pressed, they are booked."""
    choice = picker.read(request)
    offer = providers.chosen(providers.offered(providers.listed(slug)), service)
    if offer is None or choice["at"] is None:
        return redirect(f"{reverse('provider', args=[slug])}?service={service}")
    form = repeats.RepeatForm(request.POST if request.method == "POST" else request.GET)
    readable = form.is_valid()
    if readable and form.once:
        return redirect(book_way(offer, choice).to(at=choice["at"]))
    if readable and request.method == "POST":
        made = _booked(request, offer, choice, form)
        if made is not None:
            return made
    found: list[preview.Preview] = []
    if readable:
        errors.carried_out(form, lambda: found.append(_found(request, offer, choice, form)))
    return _page(request, offer, choice, form, found[0] if found else None)


def book_way(offer: Service, choice: dict[str, Any]) -> picker.Way:
    """Back to the booking page, with the zone."""
    path = reverse("book", args=[offer.provider.slug, offer.pk])
    return picker.way(path, choice, "zone")


def other_way(offer: Service, choice: dict[str, Any]) -> picker.Way:
    """Back to choosing a time."""
    return picker.way(reverse("provider", args=[offer.provider.slug]), choice, "zone")


def too_far(missing: preview.Missing | None, provider: Provider) -> bool:
    """Whether all the days for it lie further ahead than customers may book."""
    ahead = timedelta(days=provider.booking_window_days)
    last = (timezone.now() + ahead).astimezone(provider.zone).date()
    return missing is not None and missing.first_day > last


def missing(form: forms.Form, offer: Service, codes: set[str | None]) -> Service | None:
    """The service to book first, where that is what stands in the way."""
    told = {error.code for error in form.non_field_errors().as_data()}
    return offer.requires if "prerequisite_missing" in codes | told else None


def _found(
    request: HttpRequest, offer: Service, choice: dict[str, Any], form: repeats.RepeatForm
) -> preview.Preview:
    return preview.booking(offer.pk, by=reader(request), start=choice["at"], **form.arguments())


def _booked(
    request: HttpRequest, offer: Service, choice: dict[str, Any], form: repeats.RepeatForm
) -> HttpResponseRedirect | None:
    """Away to what was made, by this press or by an earlier one; None where it was refused."""
    asked = {"by": reader(request), "start": choice["at"]}
    made: list[Series | Appointment] = []
    if not errors.carried_out(form, lambda: made.append(book(offer, form, **asked))):
        return None
    messages.success(request, f"Booked. {offer.provider.name} gets a mail.")
    return where(made[0])


def book(offer: Service, form: repeats.RepeatForm, **asked: Any) -> Series | Appointment:
    """Book what the form says, once however often it is sent: a series, or a whole course.

    `asked` are `by`, `start` and, where a provider books for somebody, `customer`.
    """
    said, notes = form.arguments(), form.cleaned_data["notes"]
    if said.pop("follow_ups", False):
        first, _ = courses.book(offer.pk, notes=notes, once=True, via=Way.PAGE, **asked)
        return first
    return series.book(offer.pk, notes=notes, once=True, via=Way.PAGE, **said, **asked)


def where(made: Series | Appointment) -> HttpResponseRedirect:
    """Away to the page of what was made."""
    return redirect("series" if isinstance(made, Series) else "appointment", pk=made.pk)


def _page(
    request: HttpRequest,
    offer: Service,
    choice: dict[str, Any],
    form: repeats.RepeatForm,
    found: preview.Preview | None,
) -> HttpResponse:
    start, course = choice["at"], bool(form.data.get("course"))
    zone = picker.zone_for(request, choice, offer.provider)
    dates = repeats.shown(found, all_or_none=not course and form.stops)
    context: dict[str, Any] = {
        "provider": offer.provider,
        "service": offer,
        "course": course,
        "starts": start,
        "at": picker.stamp(start),
        "form": form,
        **dates,
        "clashes": dates["clashes"] and not course,
        "too_far": too_far(found.missing if found else None, offer.provider),
        "first": missing(
            form, offer, {each.reason for each in found.occurrences} if found else set()
        ),
        "back_href": book_way(offer, choice).to(at=start),
        "other_href": other_way(offer, choice).to(service=str(offer.pk), at=start),
        **providers.zones(offer.provider, zone, choice, at=start),
    }
    if found:
        context["words"] = form.words(start, zone=offer.provider.zone)
    status = 200 if not form.errors else 409 if request.method == "POST" else 422
    with timezone.override(zone):
        return render(request, "booking/book_several.html", context, status=status)

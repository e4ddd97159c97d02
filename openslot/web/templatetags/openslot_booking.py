"""What the pages show of the domain's things: an appointment as its card, a service's price."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django import forms, template
from django.http import QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from moneyed import Money

from openslot.accounts.models import LocationKind, Provider
from openslot.appointments import moves, sides
from openslot.appointments.models import Appointment, Role, Series
from openslot.catalog import pricing, questions
from openslot.catalog.models import Service
from openslot.kernel import timerange
from openslot.kernel.wording import dates
from openslot.web.parts import picker, repeats, verbs
from openslot.web.templatetags import openslot_ui

register = template.Library()


@register.filter
def price_of(service: Service) -> Money:
    """What one booking costs."""
    return pricing.price(service)


@register.filter
def place_of(subject: Service | Appointment, provides: bool = False) -> str:  # noqa: FBT001, FBT002
    """Where it takes place: the address, link or number, or else the manner ("By video").

    To the reader, who `provides` it or is its customer.
    """
    if isinstance(subject, Service):
        kind, text = subject.location
    else:
        kind, text = subject.location_kind, subject.location_text
    return place_words(kind, text, at=subject.provider, provides=provides)


def place_words(kind: str, text: str, *, at: Provider, provides: bool) -> str:
    """The same for a place as it was."""
    if kind == LocationKind.IN_PERSON:
        return text or (
            gettext("At your place")
            if provides
            else gettext("In person, at {name}").format(name=at.name)
        )
    if kind == LocationKind.CUSTOMER and not provides:
        return text or gettext("At your place")
    return text or str(LocationKind(kind).label)


@register.filter
def changeable_until(appointment: Appointment) -> datetime:
    """Until when its customer can move or cancel it."""
    return moves.changeable_until(appointment)


@register.simple_tag
def until(at: datetime | None, start: datetime) -> SafeString:
    """Until when a time is kept: "until tomorrow, 14:00"; its own beginning says so."""
    if at is None or at >= start:
        return format_html("{}", gettext("until it would begin"))
    return format_html(gettext("until {}"), openslot_ui.moment(at, inside=True))


@register.filter
def answered(answer: questions.Answered) -> str:
    """An answer as people read it."""
    return questions.written(answer)


@register.filter
def days_after(service: Service) -> str:
    """How long after what: "7 to 14 days after Consultation"; empty for what stands alone."""
    if service.requires is None:
        return ""
    first, last = service.requires_min_days or 0, service.requires_max_days or 0
    if last == 0:
        return gettext("on the day of {service}").format(service=service.requires)
    if first < last:
        said = gettext("{first} to {last} days after {service}")
    else:
        said = ngettext("{last} day after {service}", "{last} days after {service}", last)
    return said.format(first=first, last=last, service=service.requires)


@register.filter
def stamp(at: datetime) -> str:
    """An instant as addresses and forms write it."""
    return picker.stamp(at)


@register.filter
def in_zone(at: datetime, zone: ZoneInfo) -> str:
    """A moment on the clocks of a zone: "Tue 1 Dec, 08:30"."""
    return dates.moment(at, zone)


@register.filter
def rule_in_words(series: Series) -> str:
    """When a series takes place, and how many of its dates could not be booked."""
    words, zone, left_out = repeats.of(series), repeats.foreign_zone(series), len(series.skipped)
    if zone:
        words = gettext("{words}, by the clock of {zone}").format(words=words, zone=zone)
    return (
        gettext("{words}; {left_out} left out").format(words=words, left_out=left_out)
        if left_out
        else words
    )


@register.filter
def dates_of(request: Appointment) -> str:
    """How many dates of its series are meant: "12 dates", "4 of 12 dates"."""
    made: int = getattr(request.series, "made", request.dates)
    if request.dates == made:
        return gettext("{count} dates").format(count=made)
    return gettext("{count} of {all} dates").format(count=request.dates, all=made)


@register.filter
def price_together(request: Appointment) -> Money:
    """What it costs, with all the dates that it stands for."""
    return (
        Money(request.total_amount, request.price.currency) if request.dates > 1 else request.price
    )


@register.filter
def split(words: str) -> list[str]:
    """Words, one by one."""
    return words.split()


@register.filter
def value_of(form: forms.Form, name: str) -> str:
    """What a form was sent for a field, to be sent again."""
    return str(form.data.get(name, ""))


@register.simple_tag(takes_context=True)
def about_to_book(context: template.Context) -> dict[str, Any] | None:
    """What the page to which one comes after signing in would book, and when."""
    request = context["request"]
    address = urlsplit(request.POST.get("next") or request.GET.get("next", ""))
    try:
        match = resolve(address.path)
    except Resolver404:
        return None
    asked = picker.Choice(QueryDict(address.query))
    if match.url_name not in {"book", "book_several"} or not asked.is_valid():
        return None
    at, offered = asked.cleaned_data["at"], Service.objects.offered().select_related("provider")
    service = offered.filter(pk=match.kwargs["service"]).first()
    if service is None or at is None:
        return None
    chosen = timerange.known_zone(asked.cleaned_data["zone"])
    zone = chosen or service.provider.zone
    return {"service": service, "starts": in_zone(at, zone), "zone": zone.key}


@register.inclusion_tag("components/appointment_card.html", takes_context=True)
def appointment_card(
    context: template.Context, appointment: Appointment, *, actions: bool = False
) -> dict[str, Any]:
    """The one card of an appointment, for who is signed in; with verbs where `actions` says so."""
    reader = context.get("reader") or context["request"].user
    signed_in = reader == context["request"].user
    provides = appointment.role_of(reader) == Role.PROVIDER
    person = appointment.customer.user if provides else appointment.provider
    buttons = verbs.buttons(appointment, reader, now=timezone.now()) if actions else []
    return {
        "request": context["request"],
        "csrf_token": context.get("csrf_token"),
        "starts": appointment.start,
        "ends": appointment.end,
        "title": appointment.service.name,
        "name": sides.other_name_for(appointment, reader),
        "photo": person.photo if person else None,
        "price": appointment.price,
        "status": appointment.status,
        "href": reverse("appointment", args=[appointment.pk]) if signed_in else "",
        "attention": appointment.needs_attention,
        "note": _note(appointment, provides=provides),
        "actions": [button | {"dialog": ""} for button in buttons],
        **(_of_series(appointment, buttons) if appointment.dates > 1 else {}),
    }


def _of_series(first: Appointment, buttons: list[dict[str, Any]]) -> dict[str, Any]:
    """What a card says that stands for several dates of a series: all, or their page."""
    here = reverse("series", args=[first.series_id])
    return {
        "last": first.last_start,
        "dates": dates_of(first),
        "price": price_together(first),
        "href": here,
        "note": rule_in_words(first.series) if first.series else "",
        "actions": [
            *verbs.for_all(buttons, "accept", "decline"),
            {"label": gettext("See its dates"), "href": here},
        ]
        if buttons
        else [],
    }


def _note(appointment: Appointment, *, provides: bool) -> str:
    if appointment.proposed is None:
        return gettext("One of a series") if appointment.series_id else ""
    mine = appointment.proposed_by == (Role.PROVIDER if provides else Role.CUSTOMER)
    at = dates.moment(appointment.proposed.start)
    return (
        gettext("You proposed {at}").format(at=at)
        if mine
        else gettext("A new time is proposed: {at}").format(at=at)
    )

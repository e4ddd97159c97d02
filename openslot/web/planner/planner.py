"""A provider's days as a grid to drag in, and what stands in it, for the page's script.

Nothing is written here. What is dragged, and what is marked, leads to the page that does it: it
asks what has to be asked, and says who gets a mail. Without script the agenda shows the same.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from openslot.accounts.models import User
from openslot.appointments import moves
from openslot.appointments.desk import agenda
from openslot.appointments.desk.agenda import Away
from openslot.appointments.models import DROPPED, Appointment
from openslot.kernel import timerange
from openslot.kernel.timerange import Span
from openslot.web.desk.providers_only import DeskRequest, for_providers
from openslot.web.parts import timetable
from openslot.web.parts.fields import DayField

LONGEST = timedelta(days=45)  # a month with the days around it, and some


class OnForm(forms.Form):
    """The day to begin with; what makes none is today."""

    on = DayField(required=False)

    def day(self) -> date:
        return (self.is_valid() and self.cleaned_data["on"]) or timezone.localdate()


class DaysForm(forms.Form):
    """From `first` to `last`, both shown."""

    first = DayField()
    last = DayField()

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if not self.errors and not timedelta() <= given["last"] - given["first"] <= LONGEST:
            raise forms.ValidationError(
                gettext("Ask for 1 to {days} days.").format(days=LONGEST.days + 1)
            )
        return given

    def span(self) -> Span:
        first, last = self.cleaned_data["first"], self.cleaned_data["last"]
        zone = timezone.get_current_timezone()
        start, end = timerange.day_span(first, zone).start, timerange.day_span(last, zone).end
        return Span(start, end)


@require_GET
@for_providers
def planner(request: DeskRequest) -> HttpResponse:
    day = OnForm(request.GET).day()
    context = {
        "on": day,
        "as_day": timetable.address(day, week=False),
        "as_week": timetable.address(timetable.monday(day), week=True),
        **timetable.zones(request.provider, now=timezone.now()),
    }
    return render(request, "planner/planner.html", context)


@require_GET
@for_providers
def events(request: DeskRequest) -> HttpResponse:
    """Everything in the days asked for: hours, absences, appointments, proposed times."""
    form = DaysForm(request.GET)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=400)
    now, there = timezone.now(), agenda.standing(request.provider, span=form.span())
    booked = [item for item in there.about if item.status not in DROPPED]
    shown = [
        *(_hours(span) for span in there.open),
        *(_away(item) for item in there.away),
        *(_booked(item, by=request.user, now=now) for item in booked),
        *(_proposed(item) for item in there.about if item.proposed),
    ]
    return JsonResponse(shown, safe=False)


def _hours(span: Span) -> dict[str, Any]:
    return {"kind": "open", "display": "background", **_span(span)}


def _away(away: Away) -> dict[str, Any]:
    """Time off that comes once can be dragged; of what comes again, its page asks."""
    shown = {"kind": "off", "title": away.reason, **_span(away.span)}
    if away.time_off is None:
        return shown
    page = reverse("time_off_change", args=[away.time_off.pk])
    return shown | {"url": page} | ({} if away.time_off.recurrence else {"change": page})


def _booked(item: Appointment, *, by: User, now: datetime) -> dict[str, Any]:
    shown = {
        "kind": item.status,
        "title": f"{item.customer_name}, {item.service.name} ({item.get_status_display()})",
        "url": reverse("appointment", args=[item.pk]),
        **_span(item.span),
    }
    if "reschedule" in moves.open_to(item, by, now=now):
        shown["move"] = reverse("reschedule", args=[item.pk])
    return shown


def _proposed(item: Appointment) -> dict[str, Any]:
    return {
        "kind": "proposed",
        "title": gettext("{customer_name}, {name} (proposed new time)").format(
            customer_name=item.customer_name, name=item.service.name
        ),
        "url": reverse("appointment", args=[item.pk]),
        **_span(item.proposed or item.span),
    }


def _span(span: Span) -> dict[str, str]:
    zone = timezone.get_current_timezone()
    return {
        "start": span.start.astimezone(zone).isoformat(),
        "end": span.end.astimezone(zone).isoformat(),
    }

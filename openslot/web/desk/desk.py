"""The calendar of a provider's days, with the first of what waits for an answer."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from openslot.appointments.desk import agenda, waiting
from openslot.web.desk.providers_only import DeskRequest, for_providers
from openslot.web.parts import timetable
from openslot.web.parts.fields import DayField

ABOVE_THE_DAY = 3


class ShownForm(forms.Form):
    """Which days to show; what makes no sense shows today."""

    on = DayField(required=False)
    view = forms.ChoiceField(choices=[("day", _("Day")), ("week", _("Week"))], required=False)

    @property
    def day(self) -> date:
        self.is_valid()
        return self.cleaned_data.get("on") or timezone.localdate()

    @property
    def week(self) -> bool:
        self.is_valid()
        return self.cleaned_data.get("view") == "week"


@require_GET
@for_providers
def calendar(request: DeskRequest) -> HttpResponse:
    shown, now = ShownForm(request.GET), timezone.now()
    first = timetable.monday(shown.day) if shown.week else shown.day
    days = agenda.days(
        request.provider,
        first=first,
        last=first + timedelta(days=6 if shown.week else 0),
        zone=timezone.get_current_timezone(),
        now=now,
    )
    open_ = list(waiting.waiting(request.user, now=now)[: ABOVE_THE_DAY + 1])
    context: dict[str, Any] = {"requests": open_[:ABOVE_THE_DAY]}
    context["more"] = len(open_) > ABOVE_THE_DAY
    context |= _around(shown, days, now=now) | timetable.zones(request.provider, now=now)
    return render(request, "desk/agenda.html", context)


def _around(shown: ShownForm, days: list[agenda.Day], *, now: datetime) -> dict[str, Any]:
    """The rest of the calendar's page: what to draw, and the ways to other days."""
    first, step = days[0].date, timedelta(days=len(days))
    today = timezone.localdate(now)
    drawn: dict[str, Any] = (
        {"week": timetable.week(days, today=today)}
        if shown.week
        else {"entries": timetable.entries(days[0], now=now)}
    )
    return drawn | {
        "first": first,
        "last": days[-1].date,
        "count": len({item.pk for day in days for item in day.booked}),
        "free": sum((timetable.free(day) for day in days), timedelta()),
        "dropped": [item for day in days for item in day.dropped],
        "here": first <= today <= days[-1].date,
        "previous": timetable.address(first - step, week=shown.week),
        "next": timetable.address(first + step, week=shown.week),
        "today": timetable.address(today, week=shown.week),
        "as_day": timetable.address(
            today if first <= today <= days[-1].date else first, week=False
        ),
        "as_week": timetable.address(first, week=True),
    }

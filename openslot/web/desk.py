"""A provider's desk: the requests that wait for an answer, and the calendar of days."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from openslot.accounts.models import User
from openslot.appointments import agenda as agendas
from openslot.appointments.models import Appointment, AppointmentQuerySet
from openslot.kernel.errors import DomainError, NotFound
from openslot.web import errors, relations, timetable, verbs
from openslot.web.fields import DayField
from openslot.web.providers_only import DeskRequest, for_providers

PAGE = 20
ABOVE_THE_DAY = 3


class ShownForm(forms.Form):
    """Which days to show; what makes no sense shows today."""

    on = DayField(required=False)
    view = forms.ChoiceField(choices=[("day", "Day"), ("week", "Week")], required=False)

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
def requests(request: DeskRequest) -> HttpResponse:
    page = Paginator(waiting(request.user), PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/requests.html", {"page": page})


@require_POST
@for_providers
def accept(request: DeskRequest, pk: UUID) -> HttpResponse:
    return _answer(request, pk, "accept")


@require_POST
@for_providers
def decline(request: DeskRequest, pk: UUID) -> HttpResponse:
    return _answer(request, pk, "decline")


def _answer(request: DeskRequest, pk: UUID, answer: str) -> HttpResponse:
    """In place where htmx asks; otherwise the list again, which says the same."""
    found = Appointment.objects.as_provider(request.user).with_people()
    item, in_place = get_object_or_404(found, pk=pk), getattr(request, "htmx", False)
    names = f"id_{pk}_%s" if in_place else "id_%s"
    form = verbs.form_for(item, answer, request.user, data=request.POST, auto_id=names)
    level, told = _answered(item, answer, by=request.user, form=form)
    if relations.needs_an_answer(form):
        return _asking(request, item, answer, form)
    if not in_place:
        messages.add_message(request, level, told)
        return redirect("requests")
    context = {"item": get_object_or_404(found, pk=pk), "told": told}
    response = render(request, "desk/request_answered.html", context)
    toast = {"text": told, "level": messages.DEFAULT_TAGS[level]}
    response["HX-Trigger"] = json.dumps({"toast": toast})
    return response


def _asking(
    request: DeskRequest, item: Appointment, answer: str, form: verbs.ActForm
) -> HttpResponse:
    """What becomes of what depends on it: asked where the request stood, or on a page."""
    context = {"appointment": item, "item": item, "back": reverse("requests")}
    context |= relations.asked(request, item, answer, form)
    if getattr(request, "htmx", False):
        return render(request, "desk/request_asked.html", context)
    return render(request, "web/act.html", context, status=409)


@require_GET
@for_providers
def agenda(request: DeskRequest) -> HttpResponse:
    shown, now = ShownForm(request.GET), timezone.now()
    first = timetable.monday(shown.day) if shown.week else shown.day
    days = agendas.days(
        request.provider,
        first=first,
        last=first + timedelta(days=6 if shown.week else 0),
        zone=timezone.get_current_timezone(),
        now=now,
    )
    open_ = list(waiting(request.user)[: ABOVE_THE_DAY + 1])
    context: dict[str, Any] = {"requests": open_[:ABOVE_THE_DAY]}
    context["more"] = len(open_) > ABOVE_THE_DAY
    context |= _around(shown, days, now=now) | timetable.zones(request.provider, now=now)
    return render(request, "desk/agenda.html", context)


def waiting(user: User) -> AppointmentQuerySet:
    """What this provider has to answer, the first to expire first."""
    return Appointment.objects.as_provider(user).awaiting_provider(timezone.now()).with_people()


def _answered(item: Appointment, answer: str, *, by: User, form: verbs.ActForm) -> tuple[int, str]:
    """Answer, and what to tell: a level of Django's messages, and the words."""
    verb = verbs.named(item, answer)
    try:
        if errors.carried_out(form, lambda: verb.act(item.pk, by=by, **form.arguments())):
            return messages.SUCCESS, verb.done.format(other=item.customer.name)
    except NotFound:
        raise
    except DomainError as error:
        return messages.ERROR, errors.words(error)
    told = " ".join(str(message) for found in form.errors.values() for message in found)
    return messages.ERROR, f"{told} Nothing was answered yet."


def _around(shown: ShownForm, days: list[agendas.Day], *, now: datetime) -> dict[str, Any]:
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

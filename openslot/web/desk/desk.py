"""A provider's desk: the requests that wait for an answer, and the calendar of days."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from openslot.accounts.models import User
from openslot.appointments.desk import agenda as agendas
from openslot.appointments.models import Appointment, AppointmentQuerySet, Move, Way
from openslot.kernel.errors import DomainError, NotFound
from openslot.web import errors
from openslot.web.appointment import relations
from openslot.web.desk import timetable
from openslot.web.desk.providers_only import DeskRequest, for_providers
from openslot.web.parts import verbs
from openslot.web.parts.fields import DayField

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
    user, in_place = request.user, getattr(request, "htmx", False)
    item = get_object_or_404(_mine(user), pk=pk)
    names = f"id_{pk}_%s" if in_place else "id_%s"
    form = verbs.form_for(item, answer, user, data=request.POST, auto_id=names)
    verb, refused = verbs.named(item, answer), _refused(item, answer, by=user, form=form)
    if relations.needs_an_answer(form):
        return _asking(request, item, answer, form)
    still = _waiting_still(item, by=user) if refused else None
    shown = still or _as_it_stands(item, by=user, whole=not refused and _whole(form))
    done = verb.done_all if shown.dates > 1 and verb.done_all else verb.done
    told = refused or done.format(other=item.customer.name, dates=shown.dates)
    level = messages.ERROR if refused else messages.SUCCESS
    if not in_place:
        messages.add_message(request, level, told)
        return redirect("requests")
    page = "desk/request.html" if still else "desk/request_answered.html"
    response = render(request, page, {"item": shown, "told": told})
    toast = {"text": told, "level": messages.DEFAULT_TAGS[level]}
    response["HX-Trigger"] = json.dumps({"toast": toast})
    return response


def _mine(user: User) -> AppointmentQuerySet:
    return Appointment.objects.as_provider(user).with_people().with_series()


def _whole(form: verbs.ActForm) -> bool:
    """Whether more of a series is meant than the one date."""
    return form.cleaned_data.get("scope") in {"following", "all"}


def _waiting_still(item: Appointment, *, by: User) -> Appointment | None:
    """The request that this one stood for, as it waits now."""
    same = Q(pk=item.pk)
    if item.series_id is not None and item.proposed is None:
        same |= Q(series=item.series_id, proposed_by="")
    return waiting(by, same).first()


def _as_it_stands(item: Appointment, *, by: User, whole: bool) -> Appointment:
    """It now; `whole` with all dates of its series that were answered along with it."""
    found = _mine(by).filter(pk=item.pk)
    if whole:
        act = Move.objects.filter(appointment=item).order_by("-pk").values("act")[:1]
        found = _mine(by).filter(series=item.series_id, moves__act=act)
    return found.requests()[0]


def _asking(
    request: DeskRequest, item: Appointment, answer: str, form: verbs.ActForm
) -> HttpResponse:
    """What becomes of what depends on it: asked where the request stood, or on a page."""
    whole = _waiting_still(item, by=request.user) if _whole(form) else None
    context = {"appointment": whole or item, "item": whole or item, "back": reverse("requests")}
    context |= relations.asked(request, item, answer, form)
    if getattr(request, "htmx", False):
        return render(request, "desk/request_asked.html", context)
    return render(request, "appointment/act.html", context, status=409)


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


def waiting(user: User, *among: Q) -> AppointmentQuerySet:
    """What this provider has to answer, the first to expire first; a series is one request."""
    mine = Appointment.objects.as_provider(user).awaiting_provider(timezone.now())
    return mine.filter(*among).requests().with_people().with_series()


def _refused(item: Appointment, answer: str, *, by: User, form: verbs.ActForm) -> str:
    """Answer; why it was refused, in words, if it was."""
    verb = verbs.named(item, answer)
    try:
        if errors.carried_out(
            form, lambda: verb.act(item.pk, by=by, via=Way.PAGE, **form.arguments())
        ):
            return ""
    except NotFound:
        raise
    except DomainError as error:
        return errors.words(error)
    told = " ".join(str(message) for found in form.errors.values() for message in found)
    return f"{told} Nothing was answered yet."


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

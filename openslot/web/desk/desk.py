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
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from openslot.accounts.models import User
from openslot.appointments.desk import agenda
from openslot.appointments.models import Appointment, AppointmentQuerySet, Move, Way
from openslot.kernel.errors import DomainError, NotFound, TooOften
from openslot.web import errors
from openslot.web.appointment import relations
from openslot.web.desk.providers_only import DeskRequest, for_providers
from openslot.web.parts import pressing, questions, timetable, verbs
from openslot.web.parts.fields import DayField
from openslot.web.parts.pressing import Answer

PAGE = 20
ABOVE_THE_DAY = 3
SEVERAL = {"following", "all"}  # scopes by which more of a series is meant than the one date
ANSWERED = "desk/request_answered.html"


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


def _answer(request: DeskRequest, pk: UUID, action: str) -> HttpResponse:
    """In place where htmx asks; otherwise the list again, which says the same."""
    answer = pressing.pressed(request, lambda: _answered(request, pk, action))
    if isinstance(answer, HttpResponse):
        return answer
    if not _in_place(request):
        return answer.given(request)
    whole = request.POST.get("scope") in SEVERAL
    return _row(request, _as_it_stands(pk, by=request.user, whole=whole), answer)


def _answered(request: DeskRequest, pk: UUID, action: str) -> Answer | HttpResponse:
    """Answer the request; a page where it was refused, or something has to be asked first."""
    user, names = request.user, f"id_{pk}_%s" if _in_place(request) else "id_%s"
    item = get_object_or_404(_mine(user), pk=pk)
    verb = verbs.named(item, action)
    form = verbs.form_for(item, action, user, data=request.POST, auto_id=names)
    refused = _refused(item, action, by=user, form=form)
    if relations.needs_an_answer(form):
        return _asking(request, item, action, form)
    if refused:
        return _refusal(request, item, Answer(reverse("requests"), refused, messages.ERROR))
    shown = _as_it_stands(pk, by=user, whole=_whole(form))
    done = verb.done_all if shown.dates > 1 and verb.done_all else verb.done
    told = done.format(other=item.customer_name, dates=shown.dates)
    return Answer(reverse("requests"), told, about=(item.customer_id, item.provider_id))


def _in_place(request: DeskRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def _refusal(request: DeskRequest, item: Appointment, answer: Answer) -> HttpResponse:
    """Why it was not answered, beside the request as it waits now."""
    if not _in_place(request):
        return answer.given(request)
    still = _waiting_still(item, by=request.user)
    if still is None:
        return _row(request, _as_it_stands(item.pk, by=request.user, whole=False), answer)
    return _row(request, still, answer, page="desk/request.html")


def _row(
    request: DeskRequest, item: Appointment, answer: Answer, *, page: str = ANSWERED
) -> HttpResponse:
    """The request's place in the list, with a toast."""
    response = render(request, page, {"item": item, "told": answer.told})
    toast = {"text": answer.told, "level": messages.DEFAULT_TAGS[answer.level]}
    response["HX-Trigger"] = json.dumps({"toast": toast})
    return response


def _mine(user: User) -> AppointmentQuerySet:
    return Appointment.objects.as_provider(user).with_people().with_series()


def _whole(form: questions.ActForm) -> bool:
    """Whether more of a series is meant than the one date."""
    return form.cleaned_data.get("scope") in SEVERAL


def _waiting_still(item: Appointment, *, by: User) -> Appointment | None:
    """The request that this one stood for, as it waits now."""
    same = Q(pk=item.pk)
    if item.series_id is not None and item.proposed is None:
        same |= Q(series=item.series_id, proposed_by="")
    return waiting(by, same).first()


def _as_it_stands(pk: UUID, *, by: User, whole: bool) -> Appointment:
    """It now; `whole` with all dates of its series that were answered along with it."""
    standing = _mine(by).filter(pk=pk)
    if whole:
        act = Move.objects.filter(appointment=pk).order_by("-pk").values("act")[:1]
        series = standing.order_by().values("series")
        standing = _mine(by).filter(series__in=series, moves__act=act)
    return standing.requests()[0]


def _asking(
    request: DeskRequest, item: Appointment, answer: str, form: questions.ActForm
) -> HttpResponse:
    """What becomes of what depends on it: asked where the request stood, or on a page."""
    whole = _waiting_still(item, by=request.user) if _whole(form) else None
    context = {"appointment": whole or item, "item": whole or item, "back": reverse("requests")}
    context |= relations.asked(request.user, item, answer, form)
    if getattr(request, "htmx", False):
        return render(request, "desk/request_asked.html", context)
    return render(request, "appointment/act.html", context, status=errors.status(form))


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
    open_ = list(waiting(request.user)[: ABOVE_THE_DAY + 1])
    context: dict[str, Any] = {"requests": open_[:ABOVE_THE_DAY]}
    context["more"] = len(open_) > ABOVE_THE_DAY
    context |= _around(shown, days, now=now) | timetable.zones(request.provider, now=now)
    return render(request, "desk/agenda.html", context)


def waiting(user: User, *among: Q) -> AppointmentQuerySet:
    """What this provider has to answer, the first to expire first; a series is one request."""
    mine = Appointment.objects.as_provider(user).awaiting_provider(timezone.now())
    return mine.filter(*among).requests().with_people().with_series()


def _refused(item: Appointment, action: str, *, by: User, form: questions.ActForm) -> str:
    """Answer; why it was refused, in words, if it was."""
    verb = verbs.named(item, action)
    try:
        if errors.carried_out(
            form, lambda: verb.act(item.pk, by=by, via=Way.PAGE, **form.arguments())
        ):
            return ""
    except (NotFound, TooOften):
        raise
    except DomainError as error:
        return errors.words(error)
    told = " ".join(str(message) for beside in form.errors.values() for message in beside)
    return f"{told} Nothing was answered yet."


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

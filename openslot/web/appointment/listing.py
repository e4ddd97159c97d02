"""One's own appointments as lists: to come, waiting, in series, over, called off."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import Count, F, Min, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from openslot.accounts.models import User
from openslot.appointments.guests import invitations
from openslot.appointments.models import ACTIVE, Appointment, AppointmentQuerySet, Series
from openslot.kernel.errors import NotFound
from openslot.kernel.rows.composed import Composed
from openslot.kernel.rows.listed import Listed, number
from openslot.web.parts import partials, picker, repeats
from openslot.web.parts.requests import reader

PER_PAGE = 20
MOST_INVITED = 20
SHOWN = (
    ("upcoming", _("Upcoming")),
    ("pending", _("Requests")),
    ("series", _("Series")),
    ("past", _("Past")),
    ("off", _("Called off")),
)


class ShowForm(forms.Form):
    show = forms.ChoiceField(required=False, choices=SHOWN)
    page = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)


@login_required
def appointments(request: HttpRequest) -> HttpResponse:
    form, user, now = ShowForm(request.GET), reader(request), timezone.now()
    if not form.is_valid():
        raise NotFound
    show = form.cleaned_data["show"] or "upcoming"
    rows = _series(user, now=now) if show == "series" else _shown(user, show, now=now)
    where = picker.Way(request.path, {"show": show})
    context = partials.paged(rows, form.cleaned_data["page"], size=PER_PAGE, where=where)
    context |= {"show": show, "tabs": SHOWN, "invited": invited(user)}
    if show == "series":
        context["series"] = [_row(each, user) for each in context["page"]]
    return render(request, "appointment/appointments.html", context)


def invited(user: User) -> list[Appointment]:
    """What providers made for the reader and is not theirs yet."""
    return INVITED.all(user=user.pk)


def _shown(user: User, show: str, *, now: datetime) -> Any:
    """What waits for an answer is one card for each request, what is booked one for each date."""
    if show == "upcoming":
        return Listed(UPCOMING, NUMBER, user=user.pk, now=now)
    mine = _mine(user.pk)
    if show == "past":
        return mine.over(now)
    if show == "off":
        return mine.called_off()
    return mine.unanswered().requests().with_series().order_by("start", "id")


def _mine(user: UUID) -> AppointmentQuerySet:
    return Appointment.objects.visible_to(User(pk=user)).with_people()


UPCOMING = Composed(
    lambda begin, end, user, now: _mine(user).upcoming(now)[begin:end], user=UUID, now=datetime
)
NUMBER: Composed[Any] = Composed(
    lambda user, now: number(_mine(user).upcoming(now)), user=UUID, now=datetime
)
INVITED = Composed(
    lambda user: (
        invitations.open_to(User(pk=user))
        .select_related("provider", "service")
        .by_start()[:MOST_INVITED]
    ),
    user=UUID,
)


def _series(user: User, *, now: datetime) -> QuerySet[Series]:
    """Their series; those that go on first, by their next date."""
    ahead = Q(occurrences__status__in=ACTIVE, occurrences__end__gt=now)
    people = ("provider", "customer__user", "service")
    mine = Series.objects.visible_to(user).select_related(*people)
    counted = mine.annotate(
        next=Min("occurrences__start", filter=ahead), left=Count("occurrences", filter=ahead)
    )
    return counted.order_by(F("next").asc(nulls_last=True), "-start", "id")


def _row(series: Series, user: User) -> dict[str, Any]:
    provides = series.provider.user_id == user.pk
    return {
        "series": series,
        "words": repeats.of(series),
        "zone": repeats.foreign_zone(series),
        "other": series.customer_name if provides else series.provider.name,
    }

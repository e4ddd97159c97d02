"""Home of who books: what waits for their answer, what they wait for, what comes next, and where
anybody begins to look.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from openslot.accounts.models import User
from openslot.appointments.guests import invitations
from openslot.appointments.models import Appointment, AppointmentQuerySet, Status
from openslot.catalog import choice
from openslot.kernel.rows.composed import Composed
from openslot.web.finding import seen

SOON = 3
SHOWN = 5  # of what waits


def _mine_of(user: UUID) -> AppointmentQuerySet:
    return Appointment.objects.visible_to(User(pk=user)).with_people()


TO_ANSWER = Composed(
    lambda user, now: _mine_of(user).awaiting_customer(now)[:SHOWN], user=UUID, now=datetime
)
WAITING = Composed(
    lambda user, now: (
        _mine_of(user).pending().filter(proposed_by="", end__gt=now).requests()[:SHOWN]
    ),
    user=UUID,
    now=datetime,
)
COMING = Composed(  # with as many as may have to be answered, which are shown once
    lambda user, now: _mine_of(user).upcoming(now).filter(status=Status.CONFIRMED)[: SOON + SHOWN],
    user=UUID,
    now=datetime,
)
INVITED = Composed(
    lambda user: (
        invitations.open_to(User(pk=user)).select_related("provider", "service").by_start()[:SHOWN]
    ),
    user=UUID,
)


def home(request: HttpRequest) -> HttpResponse:
    context: dict[str, Any] = {
        "categories": [each for each in choice.category_counts() if each[1]],
        "seen": seen.home(request),
    }
    if isinstance(request.user, User):
        context |= _mine(request.user, now=timezone.now())
    return render(request, "finding/home.html", context)


def _mine(user: User, *, now: datetime) -> dict[str, Any]:
    """What somebody has to answer, waits for, and does next."""
    asked = {"user": user.pk, "now": now}
    to_answer, waiting = TO_ANSWER.all(**asked), WAITING.all(**asked)
    prefetch_related_objects(waiting, *AppointmentQuerySet.series_of_each())
    answered = {each.pk for each in to_answer}
    coming = [each for each in COMING.all(**asked) if each.pk not in answered]
    return {
        "to_answer": to_answer,
        "invited": INVITED.all(user=user.pk),
        "waiting": waiting,
        "coming": coming[:SOON],
    }

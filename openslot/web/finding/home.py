"""Home of who books: what waits for their answer, what they wait for, what comes next, and where
anybody begins to look.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from openslot.accounts.models import User
from openslot.appointments.guests import invitations
from openslot.appointments.models import Appointment, Status
from openslot.catalog import finding
from openslot.web.finding import seen

COMING = 3
SHOWN = 5  # of what waits


def home(request: HttpRequest) -> HttpResponse:
    context: dict[str, Any] = {
        "categories": [each for each in finding.category_counts() if each[1]],
        "seen": seen.home(request),
    }
    if isinstance(request.user, User):
        context |= _mine(request.user, now=timezone.now())
    return render(request, "finding/home.html", context)


def _mine(user: User, *, now: datetime) -> dict[str, Any]:
    """What somebody has to answer, waits for, and does next."""
    mine = Appointment.objects.visible_to(user).with_people()
    to_answer = list(mine.awaiting_customer(now)[:SHOWN])
    waiting = mine.pending().filter(proposed_by="", end__gt=now)
    coming = mine.upcoming(now).filter(status=Status.CONFIRMED)
    invited = invitations.open_to(user).select_related("provider", "service")
    answered = [each.pk for each in to_answer]
    return {
        "to_answer": to_answer,
        "invited": list(invited.by_start()[:SHOWN]),
        "waiting": list(waiting.requests().with_series()[:SHOWN]),
        "coming": list(coming.exclude(pk__in=answered)[:COMING]),
    }

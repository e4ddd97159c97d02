"""Home: what comes next for somebody, and where anybody begins to look."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from openslot.accounts.models import User
from openslot.appointments.models import Appointment
from openslot.catalog import finding
from openslot.web.finding import seen

COMING = 3


def home(request: HttpRequest) -> HttpResponse:
    context: dict[str, Any] = {
        "categories": [each for each in finding.category_counts() if each[1]],
        "seen": seen.home(request),
    }
    if isinstance(request.user, User):
        context |= _mine(request.user, now=timezone.now())
    return render(request, "finding/home.html", context)


def _mine(user: User, *, now: datetime) -> dict[str, Any]:
    """What comes next for somebody."""
    mine = Appointment.objects.visible_to(user).with_people()
    return {"coming": list(mine.upcoming(now)[:COMING])}

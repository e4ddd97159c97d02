"""Home. A provider sees the day: what is on now and next, what waits, what does not fit, whether
the calendar is in step. Who offers no time gets the page of `finding`.

Times are the reader's, as in the calendar.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from openslot.accounts.models import Provider, User
from openslot.appointments.clocks import answering
from openslot.appointments.desk import agenda, conflicts
from openslot.appointments.models import ACTIVE, Appointment
from openslot.sync import health
from openslot.web.finding import home
from openslot.web.parts import beginning, timetable

CONFLICTS = 5  # as many as are shown
OWN = 3  # appointments with somebody else


def today(request: HttpRequest) -> HttpResponse:
    user = request.user
    if not isinstance(user, User) or not user.is_provider:
        return home.home(request)
    return render(request, "today/today.html", _glance(user, user.provider, now=timezone.now()))


def _glance(user: User, provider: Provider, *, now: datetime) -> dict[str, Any]:
    zone = timezone.get_current_timezone()
    date = timezone.localdate(now)
    day = agenda.days(provider, first=date, last=date, zone=zone, now=now)[0]
    found = conflicts.conflicts(provider, now=now, limit=CONFLICTS + 1)
    return {
        **_day(day, provider, now=now),
        "due": Appointment.objects.as_provider(user).awaiting_provider(now).first_due(),
        "beside": answering.beside(user, now=now).count(),
        "conflicts": found[:CONFLICTS],
        "more_conflicts": len(found) > CONFLICTS,
        "calendar": health.of(user),
        "own": Appointment.objects.as_customer(user).with_people().upcoming(now)[:OWN],
        **timetable.zones(provider, now=now),
    }


def _day(day: agenda.Day, provider: Provider, *, now: datetime) -> dict[str, Any]:
    """The day as it is drawn, and what is on now and next; later days where nothing more is."""
    standing = [item for item in day.booked if item.status in ACTIVE]
    current = [item for item in standing if item.start <= now < item.end]
    coming = _next(standing, provider, now=now)
    return {
        "day": day,
        "entries": timetable.entries(day, now=now),
        "free": sum((gap.end - gap.start for gap in day.gaps), timedelta()),
        "left": sum(item.start > now for item in standing),
        "current": current,
        "next": coming,
        "beginning": None if standing or coming else beginning.of(provider),
    }


def _next(standing: Sequence[Appointment], provider: Provider, *, now: datetime) -> Any:
    today = next((item for item in standing if item.start > now), None)
    if today is not None:
        return today
    later = Appointment.objects.filter(provider=provider, start__gt=now).upcoming(now)
    return later.with_people().first()

"""What every page may show. Asked for only where a template does."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from django.http import HttpRequest
from django.utils import timezone

from openslot.accounts.models import User
from openslot.appointments.models import Appointment
from openslot.sync.google import places


def requests_waiting(request: HttpRequest) -> dict[str, Callable[[], int]]:
    """How many requests and proposals wait for the provider's answer; a series is one."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.is_provider:
        return {}

    @cache
    def count() -> int:
        mine = Appointment.objects.as_provider(user)
        return mine.awaiting_provider(timezone.now()).count_requests()

    return {"requests_waiting": count}


def google(_request: HttpRequest) -> dict[str, bool]:
    """Whether pages speak of Google Calendar at all."""
    return {"google_calendar": places.configured()}

"""What every page may show. Asked for only where a template does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from openslot.accounts.models import User
from openslot.appointments.models import Appointment
from openslot.kernel.rows.composed import Composed
from openslot.sync.google import places

WAITING: Composed[Any] = Composed(
    lambda user, now: (
        Appointment.objects.as_provider(User(pk=user)).awaiting_provider(now).counted_requests()
    ),
    user=UUID,
    now=datetime,
)


def requests_waiting(request: HttpRequest) -> dict[str, Callable[[], int]]:
    """How many requests and proposals wait for the provider's answer; a series is one."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.is_provider:
        return {}

    @cache
    def count() -> int:
        [[waiting]] = WAITING.rows(user=user.pk, now=timezone.now())
        return int(waiting)

    return {"requests_waiting": count}


def google(_request: HttpRequest) -> dict[str, bool]:
    """Whether pages speak of Google Calendar at all."""
    return {"google_calendar": places.configured()}

"""What waits for a provider's answer."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from openslot.accounts.models import User
from openslot.appointments.models import Appointment, AppointmentQuerySet


def waiting(user: User, *among: Q, now: datetime) -> AppointmentQuerySet:
    """What this provider has to answer, the first to expire first; a series is one request."""
    mine = Appointment.objects.as_provider(user).awaiting_provider(now)
    return mine.filter(*among).requests().with_people().with_series()

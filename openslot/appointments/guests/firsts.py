"""How many strangers a provider may write to: every booking for a guest sends them a mail."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from openslot.accounts.models import Provider
from openslot.appointments.models import Appointment
from openslot.kernel.errors import TooOften

MOST = 50
WITHIN = timedelta(hours=24)


def check(provider: Provider, *, now: datetime) -> None:
    """Whether one more booking may be made for somebody who never booked with the provider.

    What is made in one call counts once, a series or a course too. Call it behind the provider's
    lock: no other booking comes between. Mails about what exists are not counted. Raises
    `TooOften`.
    """
    if settings.RATE_LIMITS == "off":
        return
    made = Appointment.objects.filter(
        provider=provider, uninvited=True, created_at__gt=now - WITHIN
    )
    calls = made.values_list("created_at", Coalesce("series_id", "id")).distinct()
    latest = [at for at, _ in calls.order_by("-created_at")[:MOST]]
    if len(latest) >= MOST:
        raise TooOften(
            gettext(
                "Within 24 hours you can book for {most} people who have never booked with you."
            ).format(most=MOST),
            after=(latest[-1] + WITHIN - now).total_seconds(),
        )

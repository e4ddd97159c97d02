"""What a provider has to look at: appointments to come that meet their time off or something taken
in another calendar, or that have lost what they depend on.

Each can be meant: a provider may book over their own time off. Nothing is refused or changed here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from openslot.accounts.models import Provider
from openslot.appointments.models import Appointment
from openslot.availability.models import Busy, TimeOffSpan

AHEAD = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Conflict:
    """An appointment, and what speaks against it; at least one of the three is true."""

    appointment: Appointment
    away: bool  # in the provider's time off
    busy: bool  # taken in another calendar
    detached: bool  # marked as needing attention


def conflicts(provider: Provider, *, now: datetime, limit: int) -> list[Conflict]:
    """Those that are not over and begin within sixty days, soonest first; one query."""
    meeting = {
        "provider": provider,
        "start__lt": OuterRef("end"),
        "end__gt": OuterRef("start"),
    }
    found = (
        Appointment.objects.filter(provider=provider, start__lt=now + AHEAD)
        .upcoming(now)
        .with_people()
        .annotate(
            away=Exists(TimeOffSpan.objects.filter(**meeting)),
            taken=Exists(Busy.objects.filter(**meeting)),
        )
        .filter(Q(needs_attention=True) | Q(away=True) | Q(taken=True))
    )
    return [_conflict(item, **vars(item)) for item in found[:limit]]


def _conflict(item: Appointment, *, away: bool, taken: bool, **_more: object) -> Conflict:
    return Conflict(item, away=away, busy=taken, detached=item.needs_attention)

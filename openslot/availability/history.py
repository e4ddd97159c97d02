"""What is kept when hours, special days or time off change, so that no past day is rewritten.

Whoever replaces one of them keeps the old here first, behind the provider's lock. What came and
went between two midnights of the provider stood at the end of no day and is not kept. It is read
in standing.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone

from openslot.accounts.models import Provider
from openslot.availability.models import (
    FormerHours,
    FormerSpecialHours,
    FormerTimeOff,
    SpecialHours,
    TimeOffSpan,
    WorkingHours,
)


def keep_week(provider: Provider) -> None:
    """Keep the hours of the week, which are about to be replaced."""
    rows = WorkingHours.objects.filter(provider=provider)
    _keep(FormerHours, rows.values("weekday", "start", "end", "since"), provider=provider)


def keep_special(provider: Provider, *, day: date) -> None:
    """Keep what the special day says, which is about to change or to go."""
    rows = SpecialHours.objects.filter(provider=provider, date=day)
    _keep(FormerSpecialHours, rows.values("date", "spans", "since"), provider=provider)


def keep_time_off(spans: QuerySet[TimeOffSpan]) -> None:
    """Keep occurrences of a time off that are about to change or to go, but not its reason."""
    if spans:
        rows = spans.values("start", "end", "since")
        _keep(FormerTimeOff, rows, provider=spans[0].provider)


def _keep(kind: type[Model], rows: Iterable[Mapping[str, Any]], *, provider: Provider) -> None:
    until = timezone.now()

    def local(moment: datetime) -> date:
        return moment.astimezone(provider.zone).date()

    kind._default_manager.bulk_create(
        kind(provider=provider, until=until, **row)
        for row in rows
        if local(row["since"]) < local(until)
    )

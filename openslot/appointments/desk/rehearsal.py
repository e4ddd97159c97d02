"""What customers would be offered by other rules, before they are rules. Nothing is written."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from openslot.appointments.free import slots
from openslot.catalog.models import Service
from openslot.kernel.timerange import Span

# The rules that say which free times are on offer. Not the daily limit: what is remembered of a
# week counts its appointments only where the provider has one.
RULES = (
    "slot_step_minutes",
    "minimum_notice_minutes",
    "booking_window_days",
    "buffer_before_minutes",
    "buffer_after_minutes",
)


def offered(
    service: Service, *, rules: Mapping[str, Any], first: date, last: date, now: datetime
) -> list[tuple[date, list[Span]]]:
    """The dates of the provider's zone with the slots that there would be, as `slots.slots` has
    them; of `rules` those count that are named above. The service comes with its provider, who is
    left alone. At most three queries.
    """
    asked, provider = copy.copy(service), copy.copy(service.provider)
    for name in RULES:
        setattr(provider, name, rules.get(name, getattr(provider, name)))
    asked.provider = provider
    return slots.slots(asked, first=first, last=last, zone=provider.zone, now=now, as_read=True)

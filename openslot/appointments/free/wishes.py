"""What services look for: how much time, and from when to when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from openslot.accounts.models import Provider
from openslot.appointments.free import window
from openslot.appointments.free.grid import Wish
from openslot.appointments.free.holding import NOBODYS, Claim
from openslot.appointments.models import Appointment
from openslot.catalog.models import Service
from openslot.kernel.timerange import Span


def offered(service: Service, provider: Provider) -> bool:
    return service.active and service.removed_at is None and provider.is_open


def of_services(
    services: Iterable[Service],
    *,
    within: Span,
    now: datetime,
    instead_of: Appointment | None = None,
    claim: Claim = NOBODYS,
) -> Iterator[Wish]:
    """What these services look for inside `within`; without any time to start, nothing."""
    for service in services:
        if not offered(service, service.provider):
            continue
        allowed = window.window(service.provider, now)
        starts = Span(max(within.start, allowed.start), min(within.end, allowed.end))
        if starts.start < starts.end:
            agreed = instead_of or service
            before, after = agreed.buffers
            length = agreed.duration
            yield Wish(service, service.provider, length, before, after, starts, now, claim)

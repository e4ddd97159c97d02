"""What can be booked: the one home of free time.

Page, API, search and the booking check all ask here, so what is shown is what can be booked.
Free time is hours − time off − busy elsewhere − held, one statement (free_time.sql).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from openslot.accounts.models import Provider
from openslot.appointments.models import Appointment
from openslot.catalog.models import Service
from openslot.kernel.timerange import Span


class Earliest(NamedTuple):
    """The soonest slot of a provider."""

    service: Service
    slot: Span


def slots(
    service: Service, *, first: date, last: date, zone: ZoneInfo, now: datetime
) -> list[tuple[date, list[Span]]]:
    """Every date from `first` to `last` of `zone`, in order, with the slots that start on it.

    Only slots that a customer's booking made at `now` would get. `service` comes with its
    provider (select_related). At most four queries with the one that fetched the service.
    """
    raise NotImplementedError


def check(
    service: Service, *, start: datetime, now: datetime, moving: Appointment | None = None
) -> None:
    """Whether a customer may have this start at `now`; `moving` keeps its length, its time is free.

    Raises `SlotTaken` for an overlap with an appointment, `LimitReached` for a full day,
    `SlotUnavailable` for all else (hours, grid, notice, window, time off, busy, inactive).
    """
    raise NotImplementedError


def earliest(services: Iterable[Service], *, limit: int, now: datetime) -> list[Earliest]:
    """The soonest slot of each provider among these services, soonest first, at most `limit`."""
    raise NotImplementedError


def with_room(providers: Sequence[Provider], *, on: date, now: datetime) -> set[UUID]:
    """Those of the providers who have a slot of any service on that date of their own zone."""
    raise NotImplementedError

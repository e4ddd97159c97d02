"""What is asked for, whichever door it came through: one appointment, a series, or a course.

A door fills in a `Request` and hands it to `making.book` or `preview.preview`; which of the three
is meant is told apart in `making.planned`, nowhere else. Whatever else a booking may say one day
is a field here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from openslot.accounts.models import User


class Guest(NamedTuple):
    """Somebody as the provider, or they themselves, name them. One name is enough."""

    email: str = ""
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    timezone: str = ""
    language: str = ""
    verified: bool = False  # whether they have shown that the address is theirs
    consent: bool = False  # whether they agreed to what the operator asks (accounts/consenting.py)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


# Who asks: an account, or somebody without one for themselves.
Caller = User | Guest


@dataclass(frozen=True, kw_only=True)
class Request:
    """A time asked for, by a customer, or by the provider for somebody.

    With `customer` the provider books for somebody, confirmed at once and bound by overlaps only;
    without, it is for the caller. With `recurrence` (an RFC 5545 RRULE value) a series is asked
    for: a date that cannot be had stops all (`fail`), is left out (`skip`), or goes to the nearest
    free start on its date, or else is left out (`shift`). With `follow_ups` all that requires the
    service is asked for as well, at the earliest dates that fit. Without `depends_on` each depends
    on the customer's latest prerequisite that fits. `hold` is the id of a hold that is used up,
    `browser` the secret by which a browser's own is known. `answers` are those to the service's
    questions by their ids, for all dates of a series.
    """

    service: UUID
    start: datetime
    customer: UUID | Guest | None = None
    recurrence: str = ""
    on_conflict: str = "fail"
    follow_ups: bool = False
    depends_on: UUID | None = None
    notes: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    hold: str = ""
    browser: str = ""


@dataclass(frozen=True, kw_only=True)
class Extension:
    """That a series goes on after its last date: `count` more, or `until` a date, included.

    `expected` is its rule as the caller has seen it; None where they do not care.
    """

    series: UUID
    count: int | None = None
    until: date | None = None
    on_conflict: str = "fail"
    notes: str = ""
    expected: str | None = None

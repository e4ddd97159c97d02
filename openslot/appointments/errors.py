"""Why a booking or a move is refused. The docstring of an error is its message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TypedDict
from uuid import UUID

from openslot.kernel.errors import DomainError


class Refused(DomainError):
    """The appointment book says no."""


class SlotTaken(Refused):
    """That time was just taken."""

    code = "slot_taken"


class SlotUnavailable(Refused):
    """That time cannot be booked."""

    code = "slot_unavailable"


class NoDateFits(SlotUnavailable):
    """The dates of the course do not fit together."""


class CustomerBusy(Refused):
    """You have another appointment at that time.

    Only customers are told so: whether somebody is elsewhere is nothing that a provider learns.
    """

    code = "customer_busy"


def told_to_provider(code: str) -> str:
    """The code of a date that a customer has left out, as the provider may read it."""
    return SlotUnavailable.code if code == CustomerBusy.code else code


class LimitReached(Refused):
    """No more appointments can be asked for here at the moment."""

    code = "limit_reached"


class PrerequisiteMissing(Refused):
    """Another service has to come first."""

    code = "prerequisite_missing"


class HasDependents(Refused):
    """Other appointments depend on this one.

    `along`: when they would begin if they moved along, by their ids.
    """

    code = "has_dependents"
    along: Mapping[UUID, datetime] = MappingProxyType({})


class Conflict(TypedDict):
    """A date that cannot be had, and the code of what stands against it."""

    start: datetime
    reason: str


def conflict(start: datetime, refusal: Refused) -> Conflict:
    return {"start": start, "reason": refusal.code}


class SeriesConflict(Refused):
    """Not every date of the series is free."""

    code = "series_conflict"


class TooLate(Refused):
    """It is too late for that. Call the provider instead."""

    code = "too_late"


class TooEarly(Refused):
    """That is possible from the start of the appointment on."""

    code = "too_early"


class InvalidTransition(Refused):
    """The appointment is no longer in a state that allows this."""

    code = "invalid_transition"

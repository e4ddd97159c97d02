"""Instants as whole numbers, microseconds of the epoch: exact, and quick to search."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """Microseconds of the epoch."""
    return (moment - EPOCH) // MICROSECOND


def moment(micros: int) -> datetime:
    """The instant (UTC) of so many microseconds."""
    return EPOCH + timedelta(microseconds=micros)

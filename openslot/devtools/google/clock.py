"""The emulator's clock: the machine's, or the tests', and as far ahead of it as it was moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def advance(self, **by: float) -> None:
        """Move on by `days=8` or whatever timedelta takes."""
        self._ahead += timedelta(**by)


def stamp(at: datetime) -> str:
    """An instant as Google writes `created` and `updated`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

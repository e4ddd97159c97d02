"""What a token may do with a calendar, and how much of its events it sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from openslot.devtools.google.calendars.models import Calendar
from openslot.devtools.google.errors import Refused

Json = dict[str, Any]
ROOT = "https://www.googleapis.com/auth/calendar"
EVERYTHING = {ROOT, f"{ROOT}.events"}
READING = EVERYTHING | {f"{ROOT}.readonly", f"{ROOT}.events.readonly"}
OWNED = {f"{ROOT}.events.owned"}
READING_OWNED = OWNED | {f"{ROOT}.events.owned.readonly"}
APP = {f"{ROOT}.app.created"}
BUSY = {"kind", "etag", "id", "status", "updated", "start", "end", "recurringEventId",
        "originalStartTime", "transparency", "eventType", "sequence", "iCalUID"}  # fmt: skip


@dataclass(frozen=True)
class Caller:
    """Whose token it is, and what it is good for."""

    address: str
    client_id: str
    scopes: frozenset[str]

    def may_write(self, calendar: Calendar) -> None:
        """Raises `Refused` (403)."""
        if calendar.role(self.address) not in {"owner", "writer"}:
            raise Refused(403, "requiredAccessLevel")
        if self.scopes & EVERYTHING or self._as_owner(calendar, OWNED) or self._made(calendar):
            return
        raise Refused(403, "insufficientPermissions")

    def reads(self, calendar: Calendar) -> bool:
        """Whether the events show more than when they are."""
        if calendar.role(self.address) == "freeBusyReader":
            return False
        return bool(
            self.scopes & READING or self._as_owner(calendar, READING_OWNED) or self._made(calendar)
        )

    def view(self, calendar: Calendar) -> Any:
        return dict if self.reads(calendar) else _busy_only

    def _as_owner(self, calendar: Calendar, scopes: set[str]) -> bool:
        return bool(self.scopes & scopes) and calendar.role(self.address) == "owner"

    def _made(self, calendar: Calendar) -> bool:
        return bool(self.scopes & APP) and calendar.app == self.client_id


def _busy_only(event: Json) -> Json:
    return {name: event[name] for name in event if name in BUSY} | {"visibility": "private"}

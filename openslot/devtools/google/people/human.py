"""One person's hands: what they do in Google's own calendar, with no program in between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from threading import RLock
from typing import Any

from openslot.devtools.google.calendars import events, recurring, times
from openslot.devtools.google.calendars.models import CANCELLED, Calendar, World
from openslot.devtools.google.identity.grants import Account

Json = dict[str, Any]
When = datetime | date


class Human:
    """Acts on the primary calendar where none is named. What they do rings the channels."""

    def __init__(
        self, world: World, account: Account, lock: RLock, after: Callable[[Json], Json]
    ) -> None:
        self.world = world
        self.account = account
        self._lock = lock
        self._after = after  # rings the channels

    def calendar(self, name: str = "primary") -> Calendar:
        return self.world.calendar(name, self.account.email)

    def insert(
        self, summary: str, start: When, end: When, *, calendar: str = "primary", **fields: Any
    ) -> Json:
        """A new event; dates make an all-day one, whose end is exclusive."""
        body = {"summary": summary, "start": _when(start), "end": _when(end)} | fields
        with self._lock:
            target = self.calendar(calendar)
            for name in ("start", "end"):
                body[name].setdefault("timeZone", target.time_zone)
            made = events.insert(self.world, target, body, conferences=1)
            return self._after(made)

    def patch(self, event_id: str, *, calendar: str = "primary", **fields: Any) -> Json:
        with self._lock:
            return self._after(events.patch(self.world, self.calendar(calendar), event_id, fields))

    def move(
        self, event_id: str, start: When, end: When | None = None, *, calendar: str = "primary"
    ) -> Json:
        """Drag it elsewhere; without an end it keeps its length."""
        with self._lock:
            there = self.calendar(calendar)
            event = events.get(there, event_id)
            if end is None:
                end = start + _length(event, there)
            body = {"start": _when(start), "end": _when(end)}
            return self._after(events.patch(self.world, there, event_id, body))

    def delete(self, event_id: str, *, calendar: str = "primary") -> None:
        with self._lock:
            events.delete(self.world, self.calendar(calendar), event_id)
            self._after({})

    def restore(self, event_id: str, *, calendar: str = "primary") -> Json:
        """Out of the bin."""
        with self._lock:
            return self._after(events.restore(self.world, self.calendar(calendar), event_id))

    def move_to(self, event_id: str, destination: str, *, calendar: str = "primary") -> Json:
        """To another calendar of theirs."""
        with self._lock:
            target = self.calendar(destination)
            return self._after(events.move(self.world, self.calendar(calendar), event_id, target))

    def answer(self, event_id: str, status: str, *, calendar: str = "primary") -> Json:
        """Accept or decline as a guest."""
        with self._lock:
            there = self.calendar(calendar)
            others = [
                one
                for one in events.get(there, event_id).get("attendees", [])
                if one["email"] != self.account.email
            ]
            me = {"email": self.account.email, "responseStatus": status}
            body = {"attendees": [*others, me]}
            return self._after(events.patch(self.world, there, event_id, body))

    def get(self, event_id: str, *, calendar: str = "primary") -> Json:
        with self._lock:
            return events.get(self.calendar(calendar), event_id)

    def events(self, *, calendar: str = "primary", expanded: bool = False) -> list[Json]:
        """What stands in the calendar now, by start; series as such, or as their instances."""
        with self._lock:
            there = self.calendar(calendar)
            rows: list[Json] = []
            for event in there.events.values():
                if expanded and "recurrence" in event:
                    rows += recurring.instances(there, event)
                elif event["status"] != CANCELLED and not (
                    expanded and "recurringEventId" in event
                ):
                    rows.append(event)
            return sorted(rows, key=lambda one: times.instant(one["start"], there.zone))


def _when(at: When) -> Json:
    if isinstance(at, datetime):
        return {"dateTime": at.isoformat(), "date": None}
    return {"date": at.isoformat(), "dateTime": None}


def _length(event: Json, calendar: Calendar) -> timedelta:
    start, end = (times.instant(event[name], calendar.zone) for name in ("start", "end"))
    return end - start

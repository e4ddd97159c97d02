"""What a calendar holds. Events are kept as the resources that the API shows to their owner."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from openslot.devtools.google.clock import Clock, stamp
from openslot.devtools.google.errors import Refused, invalid

Json = dict[str, Any]
CANCELLED = "cancelled"
MEET = "hangoutsMeet"

_etags = itertools.count(3_300_000_000_000_000)


@dataclass
class Calendar:
    id: str
    summary: str
    owner: str  # an account's address
    time_zone: str = "UTC"
    primary: bool = False
    app: str = ""  # the client id of the program that made it
    readers: dict[str, str] = field(default_factory=dict)  # address: role
    meets: bool = True
    events: dict[str, Json] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)  # by event id: when it was written
    gone: dict[str, tuple[int, Json]] = field(default_factory=dict)  # instances that vanished
    version: int = 0
    etag: str = '"0"'

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def role(self, address: str) -> str:
        return "owner" if address == self.owner else self.readers.get(address, "")

    def write(self, event: Json, *, now: datetime) -> Json:
        """Keep an event in a new state: its etag, `updated` and the calendar's version move on."""
        self.version += 1
        self.etag = f'"{next(_etags)}"'
        event["etag"], event["updated"] = self.etag, stamp(now)
        self.events[event["id"]] = event
        self.versions[event["id"]] = self.version
        return event

    def exceptions(self, master: str) -> Iterator[Json]:
        """Instances of a series that were changed or cancelled by themselves."""
        return (one for one in self.events.values() if one.get("recurringEventId") == master)


@dataclass
class Channel:
    id: str
    client_id: str
    account: str
    resource: str  # of what it tells: a calendar's events, or `list` and an address
    resource_id: str
    resource_uri: str
    address: str
    token: str
    expires_at: datetime
    stopped: bool = False
    messages: int = 0

    def lives(self, now: datetime) -> bool:
        return not self.stopped and now < self.expires_at


@dataclass
class World:
    """Every calendar, and what was promised about them."""

    clock: Clock
    calendars: dict[str, Calendar] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    sync_tokens: dict[str, Json] = field(default_factory=dict)
    pages: dict[str, Json] = field(default_factory=dict)
    page_at_most: int = 2500  # Google may always give fewer than it was asked for
    meet_after: timedelta = timedelta()  # how long a Meet link is in the making
    meets_pending: list[tuple[datetime, str, str]] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)  # calendars with news for their channels
    url: str = ""

    def calendar(self, name: str, address: str) -> Calendar:
        """A calendar that the account may see; `primary` is its own. Raises `Refused`."""
        named = self.calendars.get(address if name == "primary" else name)
        if named is None or not named.role(address):
            raise Refused(404, "notFound")
        return named

    def add(self, calendar: Calendar) -> Calendar:
        self.calendars[calendar.id] = calendar
        return calendar

    def written(self, calendar: Calendar, event: Json) -> Json:
        """Keep an event and ring the calendar's channels."""
        calendar.write(event, now=self.clock.now())
        self.changed.append(calendar.id)
        return event

    def ripen(self) -> None:
        """Give the events their Meet links whose time has come."""
        now = self.clock.now()
        due = [one for one in self.meets_pending if one[0] <= now]
        self.meets_pending = [one for one in self.meets_pending if one[0] > now]
        for _, calendar_id, event_id in due:
            calendar = self.calendars[calendar_id]
            event = deepcopy(calendar.events[event_id])
            if event["status"] != CANCELLED and "createRequest" in event.get("conferenceData", {}):
                meet(event)
                self.written(calendar, event)


def meet(event: Json) -> None:
    """Make the conference that was asked for."""
    letters = "abcdefghijkmnopqrstuvwxyz"
    code = "-".join("".join(secrets.choice(letters) for _ in range(n)) for n in (3, 4, 3))
    link = f"https://meet.google.com/{code}"
    request = event["conferenceData"]["createRequest"] | {"status": {"statusCode": "success"}}
    event["hangoutLink"] = link
    event["conferenceData"] = {
        "createRequest": request,
        "conferenceId": code,
        "conferenceSolution": {"key": {"type": MEET}, "name": "Google Meet"},
        "entryPoints": [
            {"entryPointType": "video", "uri": link, "label": link.removeprefix("https://")}
        ],
    }


def conference(event: Json, asked: Json | None, *, before: Json, calendar: Calendar) -> bool:
    """Take a request for a conference (`conferenceDataVersion=1`); whether one is to be made."""
    event.pop("conferenceData", None)
    if asked is None:
        event.pop("hangoutLink", None)
        return False
    old = before.get("conferenceData")
    request = asked.get("createRequest")
    if request is None or (
        old and old.get("createRequest", {}).get("requestId") == request.get("requestId")
    ):
        event["conferenceData"] = old or asked
        return False
    if not request.get("requestId"):
        raise invalid("Invalid conference type value.", "conferenceData")
    if request.get("conferenceSolutionKey", {}).get("type") != MEET or not calendar.meets:
        raise invalid("Invalid conference type value.", "conferenceData")
    event["conferenceData"] = {"createRequest": request | {"status": {"statusCode": "pending"}}}
    return True

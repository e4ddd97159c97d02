"""Each method of the calendar that the emulator knows, by the name that Google gives it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from openslot.devtools.google.calendars import channels, events, listing, lists
from openslot.devtools.google.calendars.access import Caller
from openslot.devtools.google.calendars.models import Calendar, World
from openslot.devtools.google.errors import Refused, invalid

Json = dict[str, Any]


@dataclass
class Asked:
    """A call whose form has been checked."""

    world: World
    caller: Caller
    path: dict[str, str]
    query: Json
    body: Json
    match: str = ""  # If-Match

    @property
    def calendar(self) -> Calendar:
        return self.world.calendar(self.path["calendarId"], self.caller.address)

    @property
    def own(self) -> Calendar:
        """One that the caller may write to."""
        calendar = self.calendar
        self.caller.may_write(calendar)
        return calendar

    @property
    def conferences(self) -> int:
        version: int = self.query.get("conferenceDataVersion", 0)
        return version


def insert(asked: Asked) -> Json:
    return events.insert(asked.world, asked.own, asked.body, conferences=asked.conferences)


def get(asked: Asked) -> Json:
    calendar = asked.calendar
    event: Json = asked.caller.view(calendar)(events.get(calendar, asked.path["eventId"]))
    return event


def patch(asked: Asked) -> Json:
    return events.patch(
        asked.world,
        asked.own,
        asked.path["eventId"],
        asked.body,
        match=asked.match,
        conferences=asked.conferences,
    )


def update(asked: Asked) -> Json:
    return events.update(
        asked.world,
        asked.own,
        asked.path["eventId"],
        asked.body,
        match=asked.match,
        conferences=asked.conferences,
    )


def delete(asked: Asked) -> None:
    events.delete(asked.world, asked.own, asked.path["eventId"], match=asked.match)


def move(asked: Asked) -> Json:
    destination = asked.world.calendar(asked.query["destination"], asked.caller.address)
    asked.caller.may_write(destination)
    return events.move(asked.world, asked.own, asked.path["eventId"], destination)


def list_events(asked: Asked) -> Json:
    calendar = asked.calendar
    page = listing.events(asked.world, calendar, asked.query, asked.caller.view(calendar))
    return page | {"accessRole": calendar.role(asked.caller.address)}


def instances(asked: Asked) -> Json:
    calendar = asked.calendar
    master = events.get(calendar, asked.path["eventId"])
    if "recurrence" not in master:
        raise invalid("The event is not recurring.", "eventId")
    page = listing.instances(calendar, master, asked.query, asked.caller.view(calendar))
    return {"kind": "calendar#events", "timeZone": calendar.time_zone, "items": page}


def watch_events(asked: Asked) -> Json:
    calendar = asked.calendar
    return _watch(asked, calendar.id, f"calendars/{calendar.id}/events")


def watch_list(asked: Asked) -> Json:
    return _watch(asked, f"list {asked.caller.address}", "users/me/calendarList")


def _watch(asked: Asked, resource: str, path: str) -> Json:
    return channels.watch(
        asked.world,
        asked.body,
        client_id=asked.caller.client_id,
        account=asked.caller.address,
        resource=resource,
        uri=f"{asked.world.url}/calendar/v3/{path}?alt=json",
    )


def stop(asked: Asked) -> None:
    caller = asked.caller
    channels.stop(asked.world, asked.body, client_id=caller.client_id, account=caller.address)


def list_calendars(asked: Asked) -> Json:
    return lists.of(asked.world, asked.caller.address, asked.query)


def calendar_entry(asked: Asked) -> Json:
    return lists.entry(asked.calendar, asked.caller.address)


def calendar(asked: Asked) -> Json:
    return lists.shown(asked.calendar)


def insert_calendar(asked: Asked) -> Json:
    caller = asked.caller
    return lists.shown(
        lists.insert(asked.world, asked.body, address=caller.address, client_id=caller.client_id)
    )


def freebusy(asked: Asked) -> Json:
    return lists.busy(asked.world, asked.body, asked.caller.address)


METHODS: dict[str, Callable[[Asked], Json | None]] = {
    "calendar.events.insert": insert,
    "calendar.events.import": insert,
    "calendar.events.get": get,
    "calendar.events.patch": patch,
    "calendar.events.update": update,
    "calendar.events.delete": delete,
    "calendar.events.move": move,
    "calendar.events.list": list_events,
    "calendar.events.instances": instances,
    "calendar.events.watch": watch_events,
    "calendar.calendarList.watch": watch_list,
    "calendar.channels.stop": stop,
    "calendar.calendarList.list": list_calendars,
    "calendar.calendarList.get": calendar_entry,
    "calendar.calendars.get": calendar,
    "calendar.calendars.insert": insert_calendar,
    "calendar.freebusy.query": freebusy,
}


def call(method_id: str, asked: Asked) -> Json | None:
    """The answer's body; None where Google answers none. Raises `Refused`."""
    known = METHODS.get(method_id)
    if known is None:
        raise Refused(501, "notImplemented", f"The emulator has no {method_id}")
    return known(asked)

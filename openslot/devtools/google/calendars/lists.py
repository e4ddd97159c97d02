"""Calendars themselves, and each person's list of them."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from openslot.devtools.google.calendars import recurring, times
from openslot.devtools.google.calendars.models import CANCELLED, MEET, Calendar, World
from openslot.devtools.google.errors import Refused

Json = dict[str, Any]
ROLES = ("freeBusyReader", "reader", "writer", "owner")


def entry(calendar: Calendar, address: str) -> Json:
    """A calendar in the list of somebody who has it."""
    described: Json = {
        "kind": "calendar#calendarListEntry",
        "etag": calendar.etag,
        "id": calendar.id,
        "summary": calendar.summary,
        "timeZone": calendar.time_zone,
        "accessRole": calendar.role(address),
        "selected": True,
        "backgroundColor": "#9fe1e7",
        "foregroundColor": "#000000",
        "colorId": "14",
        "defaultReminders": [],
        "conferenceProperties": conferences(calendar),
    }
    return described | ({"primary": True} if calendar.primary and calendar.owner == address else {})


def conferences(calendar: Calendar) -> Json:
    return {"allowedConferenceSolutionTypes": [MEET] if calendar.meets else ["eventHangout"]}


def of(world: World, address: str, query: Json) -> Json:
    """`calendarList.list`, page by page, the primary one first."""
    least = ROLES.index(query.get("minAccessRole", "freeBusyReader"))
    mine = [one for one in world.calendars.values() if one.role(address)]
    mine = [one for one in mine if ROLES.index(one.role(address)) >= least]
    mine.sort(key=lambda one: not (one.primary and one.owner == address))
    first = int(query.get("pageToken", "0"))
    size = min(query.get("maxResults", 100), 250, world.page_at_most)
    answer: Json = {
        "kind": "calendar#calendarList",
        "etag": '"0"',
        "items": [entry(one, address) for one in mine[first : first + size]],
    }
    if first + size < len(mine):
        return answer | {"nextPageToken": str(first + size)}
    return answer | {"nextSyncToken": f"CL{secrets.token_urlsafe(9)}"}


def shown(calendar: Calendar) -> Json:
    return {
        "kind": "calendar#calendar",
        "etag": calendar.etag,
        "id": calendar.id,
        "summary": calendar.summary,
        "timeZone": calendar.time_zone,
        "conferenceProperties": conferences(calendar),
    }


def insert(world: World, body: Json, *, address: str, client_id: str = "") -> Calendar:
    if not body.get("summary"):
        raise Refused(400, "required", "Missing title.")
    return world.add(
        Calendar(
            id=f"c_{secrets.token_hex(20)}@group.calendar.google.com",
            summary=body["summary"],
            owner=address,
            time_zone=body.get("timeZone", "UTC"),
            app=client_id,
        )
    )


def busy(world: World, body: Json, address: str) -> Json:
    """`freebusy.query`: errors stand beside the calendars, under an answer of 200."""
    low, high = (datetime.fromisoformat(body[name]) for name in ("timeMin", "timeMax"))
    if (high - low).days > 60:  # noqa: PLR2004
        raise Refused(400, "timeRangeTooLong", "The requested time range is too long.")
    answers: Json = {}
    for item in body.get("items", ()):
        try:
            calendar = world.calendar(item["id"], address)
        except Refused:
            answers[item["id"]] = {
                "errors": [{"domain": "global", "reason": "notFound"}],
                "busy": [],
            }
        else:
            answers[item["id"]] = {"busy": _busy(calendar, low, high)}
    return {
        "kind": "calendar#freeBusy",
        "timeMin": body["timeMin"],
        "timeMax": body["timeMax"],
        "calendars": answers,
    }


def _busy(calendar: Calendar, low: datetime, high: datetime) -> list[Json]:
    spans = []
    for event in calendar.events.values():
        if event["status"] == CANCELLED or event.get("transparency") == "transparent":
            continue
        rows = (
            recurring.instances(calendar, event, low=low, high=high)
            if "recurrence" in event
            else [event]
        )
        for one in rows:
            if "recurringEventId" in event or not times.overlaps(one, calendar.zone, low, high):
                continue
            spans.append([times.instant(one[name], calendar.zone) for name in ("start", "end")])
    merged: list[list[datetime]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return [
        {"start": times.written(start, calendar.zone), "end": times.written(end, calendar.zone)}
        for start, end in merged
    ]

"""Series: what `singleEvents=true` makes of RRULE, RDATE, EXDATE and single changes.

Rules are read in the wall-clock time of the event's own zone, by dateutil.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

from dateutil import rrule

from openslot.devtools.google.calendars import times
from openslot.devtools.google.calendars.models import CANCELLED, Calendar
from openslot.devtools.google.errors import Refused, invalid

Json = dict[str, Any]
AHEAD = timedelta(days=730)  # how far an endless series is shown where nobody asks for less
MOST = 2000


def check(event: Json, start: Any) -> None:
    """Raises `Refused` for a rule that cannot be read."""
    if "dateTime" in event["start"] and "timeZone" not in (start or {}):
        raise Refused(400, "required", "Missing time zone definition for start time.")
    try:
        _rules(event)
    except (ValueError, TypeError, KeyError) as exc:
        raise invalid("Invalid recurrence rule.", "recurrence") from exc


def instances(
    calendar: Calendar,
    master: Json,
    *,
    low: datetime | None = None,
    high: datetime | None = None,
    deleted: bool = False,
) -> list[Json]:
    """The instances that lie between two instants, changed ones where they lie now."""
    changed = {one["id"]: one for one in calendar.exceptions(master["id"])}
    dates = [one for one in _regular(calendar, master, low, high) if one["id"] not in changed]
    dates += [one for one in changed.values() if _within(one, calendar.zone, low, high)]
    dates = [one for one in dates if deleted or one["status"] != CANCELLED]
    return sorted(dates, key=lambda one: _order(one, calendar.zone))


def instance(calendar: Calendar, event_id: str) -> Json | None:
    """One that has no row of its own yet, by its id."""
    master_id, _, when = event_id.rpartition("_")
    master = calendar.events.get(master_id)
    if master is None or "recurrence" not in master or not re.fullmatch(r"\d{8}(T\d{6}Z)?", when):
        return None
    at = _of_id(when, calendar.zone)
    near = _regular(calendar, master, at - timedelta(days=1), at + timedelta(days=1, seconds=1))
    return next((one for one in near if one["id"] == event_id), None)


def _within(one: Json, zone: ZoneInfo, low: datetime | None, high: datetime | None) -> bool:
    if "start" in one:
        return times.overlaps(one, zone, low, high)
    original = {"start": one["originalStartTime"], "end": one["originalStartTime"]}
    return times.overlaps(original, zone, low - timedelta(seconds=1) if low else None, high)


def _order(one: Json, zone: ZoneInfo) -> datetime:
    return times.instant(one.get("start") or one["originalStartTime"], zone)


def _regular(
    calendar: Calendar, master: Json, low: datetime | None, high: datetime | None
) -> Iterator[Json]:
    """As the rule has them, of the window."""
    if master["status"] == CANCELLED:
        return
    zone, length = _zone(master, calendar), _length(master)
    end = high or datetime.now(UTC) + AHEAD
    wall_end = end.astimezone(zone).replace(tzinfo=None) + timedelta(days=1)
    starts = takewhile(lambda wall: wall <= wall_end, iter(_rules(master)))
    for number, wall in enumerate(starts):
        if number > MOST:
            return
        one = _made(master, wall, length, zone, calendar)
        if times.overlaps(one, calendar.zone, low, high):
            yield one


def _made(master: Json, wall: datetime, length: timedelta, zone: ZoneInfo, of: Calendar) -> Json:
    one = deepcopy(master)
    del one["recurrence"]
    if "date" in master["start"]:
        one["start"] = {"date": wall.date().isoformat()}
        one["end"] = {"date": (wall.date() + length).isoformat()}
        when = wall.strftime("%Y%m%d")
    else:
        at = wall.replace(tzinfo=zone).astimezone(UTC)
        named = master["start"]["timeZone"]
        one["start"] = {"dateTime": times.written(at, of.zone), "timeZone": named}
        one["end"] = {"dateTime": times.written(at + length, of.zone), "timeZone": named}
        when = at.strftime("%Y%m%dT%H%M%SZ")
    one["id"] = f"{master['id']}_{when}"
    one["recurringEventId"] = master["id"]
    one["originalStartTime"] = one["start"]
    return one


def _zone(master: Json, calendar: Calendar) -> ZoneInfo:
    return ZoneInfo(master["start"].get("timeZone", calendar.time_zone))


def _length(master: Json) -> timedelta:
    if "date" in master["start"]:
        first, last = (date.fromisoformat(master[name]["date"]) for name in ("start", "end"))
        return last - first
    first_at, last_at = (
        datetime.fromisoformat(master[name]["dateTime"]) for name in ("start", "end")
    )
    return last_at - first_at


def _rules(master: Json) -> rrule.rruleset:
    start = master["start"]
    if "date" in start:
        zone = ZoneInfo("UTC")
        first = datetime.fromisoformat(start["date"])
    else:
        zone = ZoneInfo(start["timeZone"])
        first = datetime.fromisoformat(start["dateTime"]).astimezone(zone).replace(tzinfo=None)
    rules = rrule.rruleset()
    rules.rdate(first)
    for line in master["recurrence"]:
        head, _, value = line.partition(":")
        _read(rules, head.partition(";")[0].upper(), value, first, zone)
    return rules


def _read(into: rrule.rruleset, kind: str, value: str, first: datetime, zone: ZoneInfo) -> None:
    if kind == "RRULE":
        until = re.search(r"UNTIL=(\d{8}T\d{6}Z)", value)
        if until:
            local = _wall(until[1], zone)
            value = value.replace(until[1], local.strftime("%Y%m%dT%H%M%S"))
        into.rrule(rrule.rrulestr(value, dtstart=first))  # type: ignore[arg-type]
    elif kind == "RDATE":
        for each in value.split(","):
            into.rdate(_wall(each, zone))
    elif kind == "EXDATE":
        for each in value.split(","):
            into.exdate(_wall(each, zone))
    else:
        raise ValueError(kind)


def _wall(text: str, zone: ZoneInfo) -> datetime:
    at = datetime.fromisoformat(text)
    return at.astimezone(zone).replace(tzinfo=None) if at.tzinfo else at


def _of_id(when: str, zone: ZoneInfo) -> datetime:
    at = datetime.fromisoformat(when)
    return at if at.tzinfo else at.replace(tzinfo=zone)

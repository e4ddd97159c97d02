"""Starts and ends as Google takes and shows them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from openslot.devtools.google.errors import Refused, invalid

Json = dict[str, Any]
zones = cache(available_timezones)  # read from the disk


def taken(value: Any, *, zone: str, name: str) -> Json:
    """A start or end as it is kept. A time without offset is one of its `timeZone`."""
    value = {key: each for key, each in (value or {}).items() if each is not None}
    if ("date" in value) == ("dateTime" in value):
        raise invalid(f"Invalid {name} time.", name)
    if "date" in value:
        return {"date": _date(value["date"], name).isoformat()}
    named = value.get("timeZone", zone)
    if named not in zones():
        raise invalid(f"Invalid time zone definition for {name} time.", name)
    at = _instant(value["dateTime"], name)
    if at.tzinfo is None:
        if "timeZone" not in value:
            raise Refused(400, "required", f"Missing time zone definition for {name} time.")
        at = at.replace(tzinfo=ZoneInfo(named))
    return {"dateTime": written(at, ZoneInfo(zone)), "timeZone": named}


def written(at: datetime, zone: ZoneInfo) -> str:
    text = at.astimezone(UTC).astimezone(zone).isoformat(timespec="seconds")
    return text.replace("+00:00", "Z")


def shown(event: Json, zone: ZoneInfo) -> Json:
    """The event with its times in another zone."""
    copy = dict(event)
    for name in ("start", "end", "originalStartTime"):
        if "dateTime" in copy.get(name, {}):
            at = datetime.fromisoformat(copy[name]["dateTime"])
            copy[name] = copy[name] | {"dateTime": written(at, zone)}
    return copy


def instant(value: Json, zone: ZoneInfo) -> datetime:
    """When it is; a date is its midnight in the calendar's zone."""
    if "date" in value:
        return datetime.combine(date.fromisoformat(value["date"]), time(), tzinfo=zone)
    return datetime.fromisoformat(value["dateTime"])


def check(start: Json, end: Json, zone: ZoneInfo) -> None:
    """Raises `Refused` where the two make no span."""
    if ("date" in start) != ("date" in end):
        raise invalid("Start and end times must either both be date or both be dateTime.")
    if instant(end, zone) < instant(start, zone):
        raise Refused(400, "timeRangeEmpty")


def overlaps(event: Json, zone: ZoneInfo, low: datetime | None, high: datetime | None) -> bool:
    """Whether it lies in a window, whose bounds are exclusive (`timeMin`, `timeMax`)."""
    if low is not None and instant(event["end"], zone) <= low:
        return False
    return high is None or instant(event["start"], zone) < high


def _date(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise invalid(f"Invalid value for {name}.date", name) from None


def _instant(text: str, name: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise invalid(f"Invalid value for {name}.dateTime", name) from None

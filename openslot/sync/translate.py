"""Google's events in our terms, and ours in Google's. No HTTP and no database."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from openslot.kernel import timerange
from openslot.kernel.timerange import Span

Event = dict[str, Any]
TEXTS = ("summary", "location", "description", "status")
THEIRS = "theirs"  # instead of a fingerprint: somebody else wrote that field since
IDLE = {"workingLocation", "birthday"}  # kinds of events that take nobody's time


def event_stem(thing: UUID, *, date_key: str, connection_id: int) -> str:
    """The id under which Google keeps an event, but for its generation, a number that follows.

    The same for the same thing, whoever asks: base 32 of the uuid, `t` and the date where there is
    one, the connection in hexadecimal, `g`; all of them letters that Google takes (a to v, 0 to 9).
    """
    name = base64.b32hexencode(thing.bytes).decode().lower().rstrip("=")
    day = f"t{date_key}" if date_key else ""
    return f"{name}{day}{connection_id:x}g"


def fingerprint(text: str) -> str:
    return hashlib.sha256(text.strip().encode()).hexdigest()[:16]


def moment(at: datetime, zone_name: str) -> dict[str, str]:
    local = at.astimezone(ZoneInfo(zone_name))
    return {"dateTime": local.isoformat(timespec="seconds"), "timeZone": zone_name}


def when(span: Span, zone_name: str) -> Event:
    return {"start": moment(span.start, zone_name), "end": moment(span.end, zone_name)}


def moved(span: Span, zone_name: str) -> Event:
    """The same for a patch, which merges: an event made a whole day has a date, and that goes."""
    return {side: told | {"date": None} for side, told in when(span, zone_name).items()}


def private(name: str, *, rev: int, installation: str) -> Event:
    """What tells us our own events; guests do not see it."""
    kept = {"appt": name, "rev": str(rev), "inst": installation}
    return {"extendedProperties": {"private": kept}}


def meet(request_id: str) -> Event:
    """Ask for a Meet link; the same request twice is one."""
    wish = {"requestId": request_id, "conferenceSolutionKey": {"type": "hangoutsMeet"}}
    return {"conferenceData": {"createRequest": wish}}


def meet_url(event: Event) -> str:
    """The link once there is one."""
    points = (event.get("conferenceData") or {}).get("entryPoints") or []
    addresses = [str(one.get("uri", "")) for one in points if one.get("entryPointType") == "video"]
    return str(event.get("hangoutLink") or "") or next(iter(addresses), "")


def meet_refused(event: Event) -> bool:
    asked = (event.get("conferenceData") or {}).get("createRequest") or {}
    return (asked.get("status") or {}).get("statusCode") == "failure"


def marks(event: Event) -> dict[str, str]:
    """Our private properties of it, where it has some."""
    extended = (event.get("extendedProperties") or {}).get("private") or {}
    return {str(key): str(value) for key, value in extended.items()}


def cancelled(event: Event) -> bool:
    return bool(event.get("status") == "cancelled")


def span(event: Event, zone: ZoneInfo) -> Span | None:
    """When it is; a whole day from midnight to midnight of the calendar's zone, its end excluded.

    None where it says nothing that can be read, or has no length.
    """
    try:
        start, end = (_instant(event[side], zone) for side in ("start", "end"))
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    return Span(start, end) if start < end else None


def _instant(told: dict[str, str], zone: ZoneInfo) -> datetime:
    if "dateTime" not in told:
        return timerange.day_span(date.fromisoformat(told["date"]), zone).start
    at = datetime.fromisoformat(told["dateTime"])
    if at.tzinfo is None:
        at = timerange.instant(at.date(), at.time(), ZoneInfo(told.get("timeZone") or zone.key))
    return at.astimezone(UTC)


def whole_days(event: Event) -> bool:
    return "date" in (event.get("start") or {})


def busy(event: Event, zone: ZoneInfo) -> Span | None:
    """The time that somebody's event takes from them; None where it takes none.

    Cancelled, shown as free, declined by themselves, a place of work or a birthday: none. What is
    tentative takes its time.
    """
    if cancelled(event) or event.get("transparency") == "transparent":
        return None
    if event.get("eventType") in IDLE:
        return None
    for guest in event.get("attendees") or []:
        if guest.get("self") and guest.get("responseStatus") == "declined":
            return None
    return span(event, zone)


def updated(event: Event) -> datetime | None:
    try:
        return datetime.fromisoformat(event["updated"]).astimezone(UTC)
    except (KeyError, TypeError, ValueError):
        return None


def told(span: Span | None) -> list[str] | None:
    """A span as JSON has it."""
    return [at.isoformat() for at in span] if span else None


def read(told: list[str] | None) -> Span | None:
    """What `told` wrote."""
    return Span(*(datetime.fromisoformat(at) for at in told)) if told else None


def whole_seconds(span: Span) -> Span:
    """As Google keeps it."""
    return Span(*(at.replace(microsecond=0) for at in span))

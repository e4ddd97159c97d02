"""Events one by one: insert, get, patch, update, delete, move."""

from __future__ import annotations

import re
import secrets
from copy import deepcopy
from typing import Any

from openslot.devtools.google.calendars import models, recurring, times
from openslot.devtools.google.calendars.models import CANCELLED, Calendar, World
from openslot.devtools.google.clock import stamp
from openslot.devtools.google.errors import Refused, invalid

Json = dict[str, Any]
OWN_ID = re.compile(r"[a-v0-9]{5,1024}")
LETTERS = "abcdefghijklmnopqrstuv0123456789"
WORDS = {
    "status": {"confirmed", "tentative", CANCELLED},
    "transparency": {"opaque", "transparent"},
    "visibility": {"default", "public", "private", "confidential"},
    "eventType": {"default", "birthday", "focusTime", "outOfOffice", "workingLocation"},
}
ANSWERS = {"needsAction", "declined", "tentative", "accepted"}
# Google's own: what a caller sends here is passed over.
READ_ONLY = {
    "kind", "etag", "id", "htmlLink", "created", "updated", "creator", "organizer", "iCalUID",
    "recurringEventId", "originalStartTime", "hangoutLink", "locked", "privateCopy",
}  # fmt: skip


def insert(world: World, calendar: Calendar, body: Json, *, conferences: int = 0) -> Json:
    """A new event. Raises `Refused`: 409 `duplicate` for an id that is or was taken."""
    event_id = body.get("id") or "".join(secrets.choice(LETTERS) for _ in range(26))
    if not OWN_ID.fullmatch(event_id):
        raise invalid("Invalid resource id value.", "id")
    if event_id in calendar.events:
        raise Refused(409, "duplicate")
    person = {"email": calendar.owner, "self": True}
    event = {
        "kind": "calendar#event",
        "id": event_id,
        "status": "confirmed",
        "htmlLink": f"{world.url}/people/{calendar.owner}/events/{event_id}?calendar={calendar.id}",
        "created": stamp(world.clock.now()),
        "creator": person,
        "organizer": person,
        "iCalUID": body.get("iCalUID") or f"{event_id}@google.com",
        "sequence": 0,
        "reminders": {"useDefault": True},
        "eventType": "default",
    }
    return _put(world, calendar, event, _writable(body), before={}, conferences=conferences)


def get(calendar: Calendar, event_id: str) -> Json:
    """An event, cancelled ones too, or an instance of a series. Raises `Refused` (404)."""
    event = calendar.events.get(event_id) or recurring.instance(calendar, event_id)
    if event is None:
        raise Refused(404, "notFound")
    return event


def patch(
    world: World,
    calendar: Calendar,
    event_id: str,
    body: Json,
    *,
    match: str = "",
    conferences: int = 0,
) -> Json:
    """Change what is named, nothing else; null removes. Raises `Refused` (404, 412, 403, 400)."""
    before = _changeable(calendar, event_id, match)
    event = _merged(before, {})
    changes = _writable(body)
    asked = changes.pop("conferenceData", None)
    merged = _merged(event, changes)
    if "conferenceData" in body:
        merged["conferenceData"] = asked
    new = {name: merged[name] for name in merged if name not in READ_ONLY}
    kept = {name: event[name] for name in event if name in READ_ONLY}
    return _put(world, calendar, kept, new, before=before, conferences=conferences, given=body)


def update(
    world: World,
    calendar: Calendar,
    event_id: str,
    body: Json,
    *,
    match: str = "",
    conferences: int = 0,
) -> Json:
    """Replace the whole event. Raises `Refused` as `patch` does."""
    before = _changeable(calendar, event_id, match)
    kept = {name: before[name] for name in before if name in READ_ONLY or name == "sequence"}
    kept |= {"reminders": {"useDefault": True}, "eventType": before["eventType"]}
    kept["status"] = "confirmed"
    new = _writable(body)
    if not conferences:  # clients of version 0 know nothing of it, and take nothing away
        new["conferenceData"] = before.get("conferenceData")
    return _put(world, calendar, kept, new, before=before, conferences=conferences, given=body)


def delete(world: World, calendar: Calendar, event_id: str, *, match: str = "") -> None:
    """Cancel it; of a series, every instance. Raises `Refused`: 410 where it was deleted before."""
    event = get(calendar, event_id)
    if event["status"] == CANCELLED:
        raise Refused(410, "deleted")
    _check_etag(event, match)
    _remember(world, calendar, event)
    for one in list(calendar.exceptions(event_id)):
        if one["status"] != CANCELLED:
            world.written(calendar, deepcopy(one) | {"status": CANCELLED})
    world.written(calendar, deepcopy(event) | {"status": CANCELLED})


def move(world: World, calendar: Calendar, event_id: str, destination: Calendar) -> Json:
    """To another calendar, under the same id."""
    event = get(calendar, event_id)
    if event["status"] == CANCELLED or event.get("recurringEventId"):
        raise invalid("Cannot move this event.")
    moved = deepcopy(event)
    moved["organizer"] = {"email": destination.id, "self": True}
    world.written(calendar, deepcopy(event) | {"status": CANCELLED})
    return world.written(destination, moved)


def restore(world: World, calendar: Calendar, event_id: str) -> Json:
    """What a person takes out of the bin."""
    event = deepcopy(get(calendar, event_id)) | {"status": "confirmed"}
    return world.written(calendar, event)


def _changeable(calendar: Calendar, event_id: str, match: str) -> Json:
    event = get(calendar, event_id)
    _check_etag(event, match)
    if event["status"] == CANCELLED:
        raise Refused(403, "forbidden")
    return event


def _check_etag(event: Json, match: str) -> None:
    if match not in {"", "*", event["etag"]}:
        raise Refused(412, "conditionNotMet", location="If-Match")


def _writable(body: Json) -> Json:
    return {name: value for name, value in body.items() if name not in READ_ONLY}


def _merged(old: Json, changes: Json) -> Json:
    """Objects key by key, arrays as a whole; null removes."""
    merged = deepcopy(old)
    for name, value in changes.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, dict) and isinstance(merged.get(name), dict):
            merged[name] = _merged(merged[name], value)
        else:
            merged[name] = deepcopy(value)
    return merged


def _put(
    world: World,
    calendar: Calendar,
    kept: Json,
    new: Json,
    *,
    before: Json,
    conferences: int,
    given: Json | None = None,
) -> Json:
    event = kept | {name: value for name, value in new.items() if value is not None}
    _check_words(event)
    _settle_times(calendar, event, before, given or new)
    _settle_sequence(event, before, new)
    making = _settle_conference(calendar, event, before, new, conferences)
    for one in event.get("attendees", ()):
        if one.get("email") == calendar.owner:
            one["self"] = True
    if event["status"] == CANCELLED:
        _remember(world, calendar, before or event)
    elif before and "recurrence" in before:
        _remember(world, calendar, before, event)
    written = world.written(calendar, event)
    if making:
        world.meets_pending.append((world.clock.now() + world.meet_after, calendar.id, event["id"]))
        if not world.meet_after:
            models.meet(event)
            world.meets_pending.pop()
    return written


def _check_words(event: Json) -> None:
    for name, words in WORDS.items():
        if event.get(name, next(iter(words))) not in words:
            raise invalid(f"Invalid {name} value.", name)
    for one in event.get("attendees", ()):
        if not one.get("email"):
            raise Refused(400, "required", "Missing attendee email.")
        if one.setdefault("responseStatus", "needsAction") not in ANSWERS:
            raise invalid("Invalid attendee response status.", "attendees")


def _settle_times(calendar: Calendar, event: Json, before: Json, given: Json) -> None:
    for name in ("start", "end"):
        if event.get(name) != before.get(name) or not before:
            event[name] = times.taken(event.get(name), zone=calendar.time_zone, name=name)
    times.check(event["start"], event["end"], calendar.zone)
    if "recurrence" in event:
        recurring.check(event, given.get("start") or before.get("start"))


def _settle_sequence(event: Json, before: Json, new: Json) -> None:
    """A new time raises it; a lower one is refused."""
    if not before:
        return
    now = before.get("sequence", 0)
    if new.get("sequence", now) < now:
        raise invalid("Invalid sequence value.", "sequence")
    moved = any(event[name] != before[name] for name in ("start", "end"))
    event["sequence"] = max(new.get("sequence", now), now + moved)


def _settle_conference(
    calendar: Calendar, event: Json, before: Json, new: Json, conferences: int
) -> bool:
    if not conferences or "conferenceData" not in new:
        event.pop("conferenceData", None)
        if "conferenceData" in before:
            event["conferenceData"] = before["conferenceData"]
        return False
    asked = new["conferenceData"]
    return models.conference(event, asked, before=before, calendar=calendar)


def _remember(world: World, calendar: Calendar, before: Json, after: Json | None = None) -> None:
    """The instances that a series loses, for those who were told of them."""
    if "recurrence" not in before:
        return
    left = set()
    if after and "recurrence" in after:
        left = {one["id"] for one in recurring.instances(calendar, after, deleted=True)}
    for one in recurring.instances(calendar, before):
        if one["id"] not in left:
            calendar.gone[one["id"]] = (calendar.version + 1, one | {"status": CANCELLED})
    del world

"""`events.list` and `events.instances`: windows, pages and sync tokens."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from openslot.devtools.google.calendars import recurring, times
from openslot.devtools.google.calendars.models import CANCELLED, Calendar, World
from openslot.devtools.google.errors import Refused, invalid

Json = dict[str, Any]
View = Callable[[Json], Json]
FIRST_ONLY = (
    "iCalUID", "orderBy", "privateExtendedProperty", "q", "sharedExtendedProperty",
    "timeMin", "timeMax", "updatedMin",
)  # fmt: skip
WITHOUT_TOKEN = set(FIRST_ONLY) - {"timeMin", "timeMax"}
SAME = ("singleEvents", "eventTypes", "showHiddenInvitations", "maxAttendees")
LONGEST_AGO = timedelta(days=28)


def events(world: World, calendar: Calendar, query: Json, view: View) -> Json:
    """A page. Raises `Refused`: 410 `fullSyncRequired` for a sync token that is no longer known."""
    if "pageToken" in query:
        return _page(world, calendar, _continued(world, calendar, query), query)
    if "syncToken" in query:
        query = _resumed(world, calendar, query)
    _check(world, query)
    shown = [_shown(one, calendar, query, view) for one in _found(calendar, query)]
    token = "" if WITHOUT_TOKEN & set(query) else _sync_token(world, calendar, query)
    rest = {"items": shown, "token": token, "calendar": calendar.id, "query": query}
    return _page(world, calendar, rest, query)


def instances(calendar: Calendar, master: Json, query: Json, view: View) -> list[Json]:
    regular = recurring.instances(
        calendar,
        master,
        low=_at(query, "timeMin"),
        high=_at(query, "timeMax"),
        deleted=query.get("showDeleted", False),
    )
    return [_shown(one, calendar, query, view) for one in regular]


def _check(world: World, query: Json) -> None:
    low, high = _at(query, "timeMin"), _at(query, "timeMax")
    if low and high and low >= high:
        raise Refused(400, "timeRangeEmpty")
    if query.get("orderBy") == "startTime" and not query.get("singleEvents"):
        raise Refused(400, "badRequest", "The requested ordering is not available for the query.")
    if query.get("timeZone", "UTC") not in times.zones():
        raise invalid("Invalid time zone.", "timeZone")
    since = _at(query, "updatedMin")
    if since and since < world.clock.now() - LONGEST_AGO:
        raise Refused(410, "updatedMinTooLongAgo", location="updatedMin")


def _resumed(world: World, calendar: Calendar, query: Json) -> Json:
    """The first request's parameters again, from the version that its token names on."""
    token = query["syncToken"]
    for name in FIRST_ONLY:
        if name in query:
            raise invalid(f"{name} cannot be used together with a sync token.", name)
    if query.get("showDeleted") is False:
        raise invalid("showDeleted cannot be false together with a sync token.", "showDeleted")
    known = world.sync_tokens.get(token)
    if known is None or known["calendar"] != calendar.id:
        raise Refused(410, "fullSyncRequired", location="syncToken")
    for name in SAME:
        if query.get(name) != known["query"].get(name):
            raise invalid(f"{name} differs from the initial request.", name)
    window = {
        name: known["query"][name] for name in ("timeMin", "timeMax") if name in known["query"]
    }
    return query | {"since": known["version"], "window": window}


def _sync_token(world: World, calendar: Calendar, query: Json) -> str:
    token = f"CP{secrets.token_urlsafe(18)}="
    kept = {name: value for name, value in query.items() if name not in {"since", "window"}}
    kept |= query.get("window", {})
    world.sync_tokens[token] = {"calendar": calendar.id, "query": kept, "version": calendar.version}
    return token


def _continued(world: World, calendar: Calendar, query: Json) -> Json:
    rest = world.pages.get(query["pageToken"])
    if rest is None or rest["calendar"] != calendar.id:
        raise invalid("Invalid page token value.", "pageToken")
    if query.get("syncToken") != rest["query"].get("syncToken"):
        raise invalid("The sync token must be repeated with the page token.", "syncToken")
    return rest


def _page(world: World, calendar: Calendar, rest: Json, query: Json) -> Json:
    size = min(query.get("maxResults", 250), world.page_at_most)
    items = rest["items"]
    answer: Json = {
        "kind": "calendar#events",
        "etag": calendar.etag,
        "summary": calendar.summary,
        "timeZone": query.get("timeZone", calendar.time_zone),
        "updated": max((one["updated"] for one in items if "updated" in one), default=_never()),
        "defaultReminders": [],
        "items": items[:size],
    }
    if len(items) > size:
        token = secrets.token_urlsafe(18)
        world.pages[token] = rest | {"items": items[size:]}
        return answer | {"nextPageToken": token}
    return answer | ({"nextSyncToken": rest["token"]} if rest["token"] else {})


def _never() -> str:
    return "2000-01-01T00:00:00.000Z"


def _found(calendar: Calendar, query: Json) -> list[Json]:
    rows = _changed(calendar, query) if "since" in query else _all(calendar, query)
    kept = [one for one in rows if _asked(one, query)]
    if query.get("orderBy") == "updated":
        kept.sort(key=lambda one: one["updated"])
    elif query.get("orderBy") == "startTime":
        kept.sort(key=lambda one: times.instant(one["start"], calendar.zone))
    return kept


def _all(calendar: Calendar, query: Json) -> Iterator[Json]:
    low, high = _at(query, "timeMin"), _at(query, "timeMax")
    single, deleted = query.get("singleEvents", False), query.get("showDeleted", False)
    since = _at(query, "updatedMin")
    for event in list(calendar.events.values()):
        if "recurrence" in event and single:
            yield from _series(calendar, event, low, high, deleted=deleted)
        elif "recurringEventId" in event and single:
            continue  # with its series
        elif event["status"] == CANCELLED and not (
            deleted or since or ("recurringEventId" in event and not single)
        ):
            continue
        elif "recurrence" in event:
            if recurring.instances(calendar, event, low=low, high=high, deleted=True):
                yield event
        elif times.overlaps(event, calendar.zone, low, high):
            yield event


def _series(
    calendar: Calendar, master: Json, low: datetime | None, high: datetime | None, *, deleted: bool
) -> Iterator[Json]:
    yield from recurring.instances(calendar, master, low=low, high=high, deleted=deleted)
    if deleted:
        for _, one in calendar.gone.values():
            if one["recurringEventId"] == master["id"] and times.overlaps(
                one, calendar.zone, low, high
            ):
                yield one


def _changed(calendar: Calendar, query: Json) -> Iterator[Json]:
    """What was written since; cancelled ones always, whatever the window."""
    since, window = query["since"], query["window"]
    low, high = _at(window, "timeMin"), _at(window, "timeMax")
    seen: set[str] = set()
    for event_id, version in sorted(calendar.versions.items(), key=lambda pair: pair[1]):
        event = calendar.events[event_id]
        if version <= since:
            continue
        if "recurrence" in event and query.get("singleEvents"):
            regular = recurring.instances(calendar, event, low=low, high=high, deleted=True)
        else:
            regular = [event]
        yield from (one for one in regular if one["id"] not in seen)
        seen |= {one["id"] for one in regular}
    if query.get("singleEvents"):
        gone = [one for version, one in calendar.gone.values() if version > since]
        yield from (one for one in gone if times.overlaps(one, calendar.zone, low, high))


def _asked(event: Json, query: Json) -> bool:
    if event.get("eventType") not in query.get("eventTypes", [event.get("eventType")]):
        return False
    since = _at(query, "updatedMin")
    if since and datetime.fromisoformat(event["updated"]) < since:
        return False
    if query.get("iCalUID", event["iCalUID"]) != event["iCalUID"]:
        return False
    words = query.get("q", "").lower().split()
    text = " ".join(event.get(name, "") for name in ("summary", "description", "location")).lower()
    return all(word in text for word in words) and all(
        _has(event, kind, pair)
        for kind in ("private", "shared")
        for pair in query.get(f"{kind}ExtendedProperty", ())
    )


def _has(event: Json, kind: str, pair: str) -> bool:
    name, _, value = pair.partition("=")
    equal: bool = event.get("extendedProperties", {}).get(kind, {}).get(name) == value
    return equal


def _shown(event: Json, calendar: Calendar, query: Json, view: View) -> Json:
    if event["status"] == CANCELLED and ("since" in query or event.get("recurringEventId")):
        kept = ("kind", "etag", "id", "status", "recurringEventId", "originalStartTime")
        return {name: event[name] for name in kept if name in event}
    return times.shown(view(event), ZoneInfo(query.get("timeZone", calendar.time_zone)))


def _at(query: Json, name: str) -> datetime | None:
    return datetime.fromisoformat(query[name]) if name in query else None

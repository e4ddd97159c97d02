"""Reading what changed in a calendar: page by page, the sync token with the last one only.

No transaction is open during a call. Whatever is done for a page can be done again: a pull that is
killed begins anew where the last whole one ended.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from openslot.accounts.models import Provider
from openslot.availability import busy
from openslot.availability.models import Busy
from openslot.kernel import timerange
from openslot.kernel.timerange import Span
from openslot.sync import attention, translate
from openslot.sync.google import faults
from openslot.sync.google.client import Google
from openslot.sync.inward import following
from openslot.sync.models import (
    Connection,
    Kind,
    Link,
    LinkQuerySet,
    LinkState,
    Part,
    SyncedCalendar,
)
from openslot.sync.outward import links, push
from openslot.sync.translate import Event

BEFORE = timedelta(days=1)
AFTER = timedelta(days=31)  # beyond the booking window
CUSTOMERS = timedelta(days=366)  # the window where there is none
OFTEN = timedelta(minutes=5)
SELDOM = timedelta(minutes=15)  # with a channel that speaks
DAILY = timedelta(days=1)
TALKS = timedelta(hours=24)


def pull(google: Google, calendar: SyncedCalendar, *, full: bool = False) -> None:
    """Read what changed since the last time, or everything in the window."""
    begun = timezone.now()
    full = full or not calendar.sync_token or _due(calendar.full_due_at, begun)
    try:
        token = _read(google, calendar, full=full, now=begun)
    except faults.FullSync:
        full, token = True, _read(google, calendar, full=True, now=begun)
    except faults.Permanent as fault:
        if full or fault.status != faults.BAD:
            raise
        full, token = True, _read(google, calendar, full=True, now=begun)  # a token it cannot read
    calendar.sync_token, calendar.pulled_at = token, begun
    if full:
        calendar.full_due_at = begun + jittered(DAILY)
    calendar.pull_due_at = begun + jittered(interval(calendar, begun))
    calendar.save(
        update_fields=[
            "sync_token", "pulled_at", "full_due_at", "pull_due_at",
            "window_start", "window_end", "zone_name",
        ]
    )  # fmt: skip


def is_due(calendar: SyncedCalendar, now: datetime) -> bool:
    """Whether somebody said that it changed, or it was long enough ago."""
    wanted, last = calendar.pull_wanted_at, calendar.pulled_at
    if wanted is not None and (last is None or wanted >= last):
        return True
    return _due(calendar.pull_due_at, now) or _due(calendar.full_due_at, now)


def _due(at: datetime | None, now: datetime) -> bool:
    return at is None or at <= now


def interval(calendar: SyncedCalendar, now: datetime) -> timedelta:
    """How long to wait for the next look: pushes get lost, so there always is one."""
    talks = calendar.channels.filter(
        stopped_at__isnull=True, expires_at__gt=now, spoke_at__gt=now - TALKS
    )
    return SELDOM if talks.exists() else OFTEN


def jittered(span: timedelta) -> timedelta:
    """A quarter more or less: not everybody at the same moment."""
    return span * random.uniform(0.75, 1.25)  # noqa: S311


def _read(google: Google, calendar: SyncedCalendar, *, full: bool, now: datetime) -> str:
    """The token to go on from. Raises what Google raises; what was read before that counts."""
    asked = _window(calendar, now) if full else {"syncToken": calendar.sync_token}
    seen: set[str] = set()
    page = ""
    while True:
        answer = google.events(calendar.google_id, **asked, pageToken=page)
        _zone(calendar, answer)
        items = [one for one in answer.get("items") or [] if one.get("id")]
        _page(calendar, items)
        for event in strays(calendar, items):
            push.clear(google, calendar, event)
        seen.update(one["id"] for one in items if not translate.cancelled(one))
        page = str(answer.get("nextPageToken") or "")
        if not page:
            break
    if full:
        _absent(google, calendar, seen)
        _drop(calendar, seen)
    else:
        _unclear(google, calendar, seen)
    return str(answer.get("nextSyncToken") or "")


def _window(calendar: SyncedCalendar, now: datetime) -> dict[str, str]:
    provider = Provider.objects.filter(user=calendar.connection.user_id).first()
    ahead = timedelta(days=provider.booking_window_days) + AFTER if provider else CUSTOMERS
    calendar.window_start, calendar.window_end = now - BEFORE, now + ahead
    bounds = {"timeMin": calendar.window_start, "timeMax": calendar.window_end}
    return {name: at.isoformat(timespec="seconds") for name, at in bounds.items()}


def _zone(calendar: SyncedCalendar, answer: Event) -> None:
    """Whole days are days of the calendar's own zone."""
    name = str(answer.get("timeZone") or "")
    if name in timerange.zone_names():
        calendar.zone_name = name


def _page(calendar: SyncedCalendar, items: list[Event]) -> None:
    """Time taken elsewhere in one batch, then what happened to our own, each by itself."""
    mine = {one.event_id: one for one in _ours(calendar, [event["id"] for event in items])}
    if calendar.blocks:
        _take(calendar, items, mine)
    for event in items:
        link = mine.get(event["id"])
        if link is not None:
            following.seen(link, event, calendar)


def strays(calendar: SyncedCalendar, items: list[Event]) -> list[str]:
    """Ids of ours that stand for nothing any more: of an earlier generation, or of what ended.

    Somebody took them out of the bin again, or a restored backup does not know them.
    """
    connection = calendar.connection
    ours = re.compile(rf"^[0-9a-v]{{26}}(t[0-9]{{8}})?{connection.pk:x}g[0-9]+$")
    alive = [one for one in items if not translate.cancelled(one) and ours.match(one["id"])]
    marked = [one["id"] for one in alive if _marked(one, connection)]
    known = Link.objects.filter(connection=connection, event_id__in=marked)
    kept = set(known.exclude(state=LinkState.GONE).values_list("event_id", flat=True))
    return [one for one in marked if one not in kept]


def _marked(event: Event, connection: Connection) -> bool:
    return translate.marks(event).get("inst") == connection.installation


def _ours(calendar: SyncedCalendar, ids: list[str]) -> Iterator[Link]:
    """Those of this connection, whatever calendar they stood in; the newest for an id."""
    known = Link.objects.filter(connection=calendar.connection_id, event_id__in=ids)
    for link in known.select_related("calendar", "appointment").order_by("pk"):
        link.connection = calendar.connection
        yield link


def _take(calendar: SyncedCalendar, items: list[Event], mine: dict[str, Link]) -> None:
    provider = Provider.objects.filter(user=calendar.connection.user_id).first()
    if provider is None:
        return
    zone = ZoneInfo(calendar.zone_name)
    changes: list[tuple[str, Span | None]] = []
    for event in items:
        own = takes_nothing(mine.get(event["id"]))
        changes.append((event["id"], None if own else translate.busy(event, zone)))
        if translate.cancelled(event) and "_" not in event["id"]:
            changes += [(key, None) for key in _dates_of(provider, calendar, event["id"])]
    busy.merge(provider, source=calendar.source, changes=changes)


def takes_nothing(link: Link | None) -> bool:
    """Whether an event is ours and its time taken already: appointments and time off of their own.

    What they have elsewhere as a customer takes their time like anything else.
    """
    return link is not None and link.part != Part.CUSTOMER and link.state != LinkState.DETACHED


def _dates_of(provider: Provider, calendar: SyncedCalendar, series: str) -> list[str]:
    """The dates that are known of a series."""
    known = Busy.objects.filter(provider=provider, source=calendar.source)
    return list(known.filter(key__startswith=f"{series}_").values_list("key", flat=True))


def _absent(google: Google, calendar: SyncedCalendar, seen: set[str]) -> None:
    """A full list has no tombstones: ask for each of ours that is not in it."""
    window = (calendar.window_start, calendar.window_end)
    ours = Link.objects.live().filter(calendar=calendar, gone_at__isnull=True).exclude(etag="")
    ours = ours.filter(end__gt=window[0], start__lt=window[1]).select_related("appointment")
    _ask_for(google, calendar, ours.exclude(event_id__in=seen))


def _unclear(google: Google, calendar: SyncedCalendar, seen: set[str]) -> None:
    """What a push found moved, after the pull that told of it: no later one tells again."""
    stale = Link.objects.live().filter(calendar=calendar, gone_at__isnull=True, etag=links.STALE)
    stale = stale.to_come(timezone.now()).select_related("appointment")
    _ask_for(google, calendar, stale.exclude(event_id__in=seen))


def _ask_for(google: Google, calendar: SyncedCalendar, ours: LinkQuerySet) -> None:
    for link in ours.order_by("pk"):
        link.connection, link.calendar = calendar.connection, calendar
        try:
            event = google.get(calendar.google_id, link.event_id)
        except (faults.NotFound, faults.Gone):
            links.seen_deleted(link)
            continue
        following.seen(link, event, calendar)


def _drop(calendar: SyncedCalendar, seen: set[str]) -> None:
    """Time of events that a full list does not have any more, in one transaction."""
    provider = Provider.objects.filter(user=calendar.connection.user_id).first()
    if provider is None:
        return
    known = Busy.objects.filter(provider=provider, source=calendar.source)
    gone = set(known.values_list("key", flat=True)) - (seen if calendar.blocks else set())
    if gone:
        busy.merge(provider, source=calendar.source, changes=[(key, None) for key in gone])


def calendar_is_gone(connection: Connection, calendar: SyncedCalendar) -> None:
    """Google knows it no more: another target has to be chosen.

    What it blocked goes once the list of calendars has it no more; one answer is no proof.
    """
    calendar.listed = False
    calendar.sync_token = ""
    calendar.pull_due_at = timezone.now() + jittered(DAILY)
    calendar.save(update_fields=["listed", "sync_token", "pull_due_at"])
    if calendar.is_target:
        attention.ask(connection, Kind.CALENDAR_GONE)

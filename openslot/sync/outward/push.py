"""Making Google show what we want it to show: inserts under known ids, patches under etags.

Safe to run any number of times, and to be killed anywhere: before each call the row says what is
about to be tried, after it what came of it. No transaction is open during a call.
"""

from __future__ import annotations

import time
from enum import IntEnum

from django.utils import timezone

from openslot.sync import attention, translate
from openslot.sync.google import faults
from openslot.sync.google.client import Google
from openslot.sync.models import Connection, Kind, Link, LinkState, SyncedCalendar
from openslot.sync.outward import links, outbox, wanted
from openslot.sync.outward.wanted import Subject, Wanted
from openslot.sync.translate import Event

TRIES = 5  # at an id that is taken, or an event that changes under our hands


class NoTarget(Exception):
    """There is no calendar to write to: what waits goes on waiting."""


class Left(IntEnum):
    """What waits after a round."""

    NOTHING = 0  # or nothing that could be done now
    BACKLOG = 1  # in a second some more of it may go
    MORE = 2


def drain(google: Google, connection: Connection, *, until: float, backlog: int = 0) -> Left:
    """Push what waits, before a moment of the monotonic clock.

    What changed goes first, and again before each thing of a backlog: of that not many more than
    `backlog` calls are made.
    """
    begun = google.calls
    changes = 0  # calls for what changed
    try:
        while True:
            before = google.calls
            if not _changes(google, connection, until=until):
                return Left.MORE
            changes += google.calls - before
            waiting = outbox.next_of_backlog(connection) if backlog else None
            if waiting is None:
                return Left.NOTHING
            if google.calls - begun - changes >= backlog:
                return Left.BACKLOG
            _push(google, connection, *waiting)
    except NoTarget:
        return Left.NOTHING


def _changes(google: Google, connection: Connection, *, until: float) -> bool:
    """Whether that was all that changed, also while it was being pushed."""
    while due := list(outbox.due(connection)):
        for subject, rows in due:
            _push(google, connection, subject, rows)
            if time.monotonic() > until:
                return False
    return time.monotonic() <= until


def _push(google: Google, connection: Connection, subject: Subject, rows: list[int]) -> None:
    show(google, connection, subject)
    outbox.done(rows)


def show(google: Google, connection: Connection, subject: Subject) -> None:
    """Let the calendar show the subject as it stands now."""
    plan, now = wanted.of(connection, subject), timezone.now()
    missing = dict(plan.events)
    for link in links.of(connection, subject):
        link.connection = connection
        if link.state == LinkState.LEAVING:
            remove(google, link)
            continue
        each = missing.pop(link.date_key, None)
        if link.state == LinkState.DETACHED:
            continue
        if max(link.end, each.span.end if each else link.end) <= now:
            continue  # what is past stays as it was
        if each is not None:
            _bring(google, link, each)
        elif plan.others == "remove":
            remove(google, link)
    for each in missing.values():
        if each.span.end > now:
            _bring(google, _new(connection, subject, each), each)


def _new(connection: Connection, subject: Subject, each: Wanted) -> Link:
    target = links.target_of(connection)
    if target is None or not target.listed:
        raise NoTarget
    link = links.made(connection, target, subject, each)
    link.connection = connection
    return link


def _bring(google: Google, link: Link, each: Wanted) -> None:
    if link.gone_at is not None:  # deleted there: the grace, or its owner, decides
        return
    try:
        for _ in range(TRIES):
            settled = _insert(google, link, each) if not link.etag else _patch(google, link, each)
            if settled:
                return
        raise faults.Retry(reason="unsettled")
    except faults.Permanent as fault:
        links.failed(link, f"{fault.status} {fault.reason}")
        attention.ask(link.connection, Kind.REFUSED, link=link, reason=fault.reason)


def _insert(google: Google, link: Link, each: Wanted) -> bool:
    """Whether it is settled; else it is to be tried anew, as the link says by now."""
    links.offered(link, each)
    body = links.body_of(link, each)
    meets = each.meet and link.connection.meets and link.calendar.meets
    if meets:
        body |= translate.meet(link.event_id)
    try:
        event = google.insert(link.calendar.google_id, body)
    except faults.Duplicate:
        return _known(google, link, body, each)
    except faults.NotFound:
        _calendar_gone(link)
        raise NoTarget from None
    except faults.Permanent:
        if not meets:
            raise
        link.calendar.meets = False
        link.calendar.save(update_fields=["meets"])
        attention.ask(link.connection, Kind.NO_MEET)
        return False
    if meets:
        link.meet_url, link.meet_asked_at = translate.meet_url(event), timezone.now()
    links.written(link, body)
    links.taken(link, event, each)
    attention.resolve(link.connection, link=link)
    return True


def _known(google: Google, link: Link, body: Event, each: Wanted) -> bool:
    """The id is taken: by an insert of ours whose answer was lost, or by what is no more."""
    try:
        event = google.get(link.calendar.google_id, link.event_id)
    except (faults.NotFound, faults.Gone):
        event = {"status": "cancelled"}
    mine = translate.marks(event).get("appt") == each.name and not links.foreign(link, event)
    if translate.cancelled(event) or not mine:
        links.name(link, generation=link.generation + 1)
        link.save()
        return False
    links.written(link, body)
    _adopt(link, event)
    if not links.ours(link, links.span_of(link, event)):
        link.etag = links.STALE  # moved there before we knew that it was taken: a pull follows that
    if each.meet:
        link.meet_url, link.meet_asked_at = translate.meet_url(event), timezone.now()
    link.save()
    return False  # a patch follows, which sends nothing where nothing differs


def _adopt(link: Link, event: Event) -> None:
    """Go on from the event as Google has it, where its time is one that we wrote."""
    links.noticed(link, event)
    span = links.span_of(link, event)
    link.etag = str(event.get("etag") or links.STALE)
    if span is not None and links.ours(link, span):
        links.agreed(link, span)


def _patch(google: Google, link: Link, each: Wanted) -> bool:
    body = links.difference(link, each)
    if not body:
        link.pushed_rev, link.state, link.error = each.rev, LinkState.SYNCED, ""
        link.save(update_fields=["pushed_rev", "state", "error"])
        return True
    links.offered(link, each)
    try:
        event = google.patch(link.calendar.google_id, link.event_id, body, etag=link.etag)
    except faults.Changed:
        return _changed(google, link, each)
    except (faults.NotFound, faults.Gone):
        return _deleted(link)
    except faults.Permanent:
        if _still_there(google, link):
            raise
        return _deleted(link)
    links.written(link, body)
    links.taken(link, event, each)
    if "start" in body:
        attention.resolve(link.connection, link=link)
    return True


def _changed(google: Google, link: Link, each: Wanted) -> bool:
    """Somebody wrote the event since we saw it last: look, and decide anew."""
    try:
        event = google.get(link.calendar.google_id, link.event_id)
    except (faults.NotFound, faults.Gone):
        return _deleted(link)
    if translate.cancelled(event):
        return _deleted(link)
    if links.foreign(link, event):
        links.detach(link, tell=False)
        return True
    span = links.span_of(link, event)
    moved_there = span != each.span and not links.ours(link, span)
    if moved_there and links.is_customers(link):
        links.detach(link)
        return True
    if _landed(event, each):
        links.agreed(link, each.span)
    moved_here = (link.start, link.end) != each.span
    _adopt(link, event)
    if moved_there and moved_here and not _ours_is_newer(event, each):
        link.start, link.end = each.span  # nothing is sent until somebody has decided
        link.save()
        attention.ask(link.connection, Kind.BOTH_MOVED, link=link, span=translate.told(span))
        return True
    settled = moved_there and not links.difference(link, each)
    if settled:
        link.etag = links.STALE  # a pull looks into it
    link.save()
    return settled


def _landed(event: Event, each: Wanted) -> bool:
    """Whether what we want was written there already, and its answer lost.

    What somebody wrote since they wrote knowing it. A version is written once; a time off has none.
    """
    return bool(each.rev) and translate.marks(event).get("rev") == str(each.rev)


def _ours_is_newer(event: Event, each: Wanted) -> bool:
    theirs = translate.updated(event)
    return theirs is None or each.changed_at >= theirs


def _deleted(link: Link) -> bool:
    links.seen_deleted(link)
    return True


def _still_there(google: Google, link: Link) -> bool:
    try:
        return not translate.cancelled(google.get(link.calendar.google_id, link.event_id))
    except (faults.NotFound, faults.Gone):
        return False


def remove(google: Google, link: Link) -> None:
    """Take its event away; one that is not there any more is as good."""
    try:
        google.delete(link.calendar.google_id, link.event_id)
    except (faults.NotFound, faults.Gone):
        pass
    except faults.Permanent as fault:
        if _still_there(google, link):
            links.failed(link, f"{fault.status} {fault.reason}")
            attention.ask(link.connection, Kind.REFUSED, link=link, reason=fault.reason)
            return
    links.removed(link)


def clear(google: Google, calendar: SyncedCalendar, event_id: str) -> None:
    """Take away an event of ours that stands for nothing."""
    try:
        google.delete(calendar.google_id, event_id)
    except (faults.NotFound, faults.Gone, faults.Permanent):
        return


def _calendar_gone(link: Link) -> None:
    calendar = link.calendar
    calendar.listed = False
    calendar.save(update_fields=["listed"])
    attention.ask(link.connection, Kind.CALENDAR_GONE)

"""The link between a thing of ours and its event: what we know of that event, and how."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from openslot.kernel.timerange import Span
from openslot.sync import attention, bell, translate
from openslot.sync.models import LIVE, Connection, Kind, Link, LinkState, Part, SyncedCalendar
from openslot.sync.outward.wanted import Subject, Wanted
from openslot.sync.translate import Event

STALE = "?"  # an etag that no event has: we know that it is not what we wrote


def of(connection: Connection, subject: Subject) -> list[Link]:
    """What stands there of it, or is to go, or is left alone."""
    links = Link.objects.filter(connection=connection).exclude(state=LinkState.GONE)
    if subject.appointment_id is not None:
        links = links.filter(appointment=subject.appointment_id)
    else:
        links = links.filter(time_off_id=subject.time_off_id)
    return list(links.select_related("calendar").order_by("pk"))


def made(connection: Connection, target: SyncedCalendar, subject: Subject, wanted: Wanted) -> Link:
    """A new one, before anything is sent: whatever comes of the sending, its id is known."""
    link = Link(
        connection=connection,
        calendar=target,
        part=wanted.part,
        appointment_id=subject.appointment_id,
        time_off_id=subject.time_off_id,
        date_key=wanted.date_key,
        start=wanted.span.start,
        end=wanted.span.end,
    )
    name(link, generation=_unused(link))
    link.save(force_insert=True)
    return link


def _unused(link: Link) -> int:
    """The generation after every event that ever stood for that.

    Also after one that has gone its own way: a date of a recurring time off that was moved.
    """
    known = Link.objects.filter(connection=link.connection_id)
    same = known.filter(
        appointment=link.appointment_id, time_off_id=link.time_off_id, date_key=link.date_key
    )
    before = same.aggregate(last=Max("generation"))["last"]
    if link.date_key:
        stem = _stem(link)
        strayed = known.filter(event_id__startswith=stem).values_list("event_id", flat=True)
        numbers = [int(event_id.removeprefix(stem)) for event_id in strayed]
        before = max(numbers, default=before)
    return 0 if before is None else before + 1


def _stem(link: Link) -> str:
    thing = link.appointment_id or link.time_off_id
    if not isinstance(thing, UUID):
        raise TypeError(thing)
    return translate.event_stem(thing, date_key=link.date_key, connection_id=link.connection_id)


def name(link: Link, *, generation: int) -> None:
    """Give it an id that nothing had before; what was known of the last one is forgotten."""
    link.generation, link.etag, link.state = generation, "", LinkState.PENDING
    link.event_id = f"{_stem(link)}{generation}"
    link.gone_at, link.held, link.meet_url, link.meet_asked_at = None, False, "", None


def offered(link: Link, wanted: Wanted) -> None:
    """What we are about to write; the answer may be lost."""
    link.offered_start, link.offered_end = wanted.span
    link.save(update_fields=["offered_start", "offered_end"])


def agreed(link: Link, span: Span) -> None:
    """Both sides have that time: what was tried before is settled, and no time of ours any more.

    Else somebody who moves an event and then back again would be taken for our own echo.
    """
    link.start, link.end = span
    link.offered_start = link.offered_end = None


def ours(link: Link, span: Span | None) -> bool:
    """Whether that time is one that we wrote, or agreed to."""
    return span in {
        Span(link.start, link.end),
        (link.offered_start, link.offered_end),
    }


def span_of(link: Link, event: Event) -> Span | None:
    return translate.span(event, ZoneInfo(link.calendar.zone_name))


def taken(link: Link, event: Event, wanted: Wanted) -> None:
    """Google has it as we want it; where its time is another one, a pull will look into that."""
    span = span_of(link, event)
    same = span == wanted.span
    link.etag = str(event.get("etag") or STALE) if same else STALE
    if same:
        agreed(link, wanted.span)
    link.state, link.error = LinkState.SYNCED, ""
    link.pushed_rev, link.url = wanted.rev, str(event.get("htmlLink") or "")[:1024]
    link.gone_at, link.held = None, False
    link.save()


def noticed(link: Link, event: Event) -> None:
    """Remember which of our texts somebody else has written over: those are theirs now."""
    for field in ("summary", "location", "description"):
        mine = link.pushed.get(field)
        if mine and translate.fingerprint(str(event.get(field) or "")) != mine:
            link.pushed[field] = translate.THEIRS


def written(link: Link, body: Event) -> None:
    """Remember the fingerprints of the texts in what was written, and whose event it says it is."""
    for field in translate.TEXTS:
        if field in body:
            link.pushed[field] = translate.fingerprint(str(body[field] or ""))
    if "appt" in translate.marks(body):
        link.pushed["appt"] = translate.marks(body)["appt"]


def foreign(link: Link, event: Event) -> bool:
    """Whether another installation has taken the event for its own; it is left alone then."""
    owner = translate.marks(event).get("inst", "")
    return bool(owner) and owner != link.connection.installation


def seen_deleted(link: Link) -> None:
    """Its event was deleted there; somebody may still undo that."""
    if link.gone_at is not None or link.state not in LIVE:
        return
    link.gone_at = timezone.now()
    link.save(update_fields=["gone_at"])
    bell.wake(link.connection_id, at=link.gone_at + grace())


def grace() -> timedelta:
    return timedelta(seconds=settings.GOOGLE_DELETE_GRACE_SECONDS)


def alive_again(link: Link) -> None:
    """Its deletion was undone there."""
    link.gone_at, link.held = None, False
    link.save(update_fields=["gone_at", "held"])
    attention.resolve(link.connection, link=link)
    _mass_over(link.connection)


def _mass_over(connection: Connection) -> None:
    """Nothing is left of the question about many deletions once none of them waits."""
    if not Link.objects.live().filter(connection=connection, held=True).exists():
        attention.resolve(connection, kind=Kind.MASS_DELETION)


def detach(link: Link, *, tell: bool = True) -> None:
    """Leave the event as it is, for good; no new one is made."""
    link.state, link.gone_at = LinkState.DETACHED, None
    link.save(update_fields=["state", "gone_at"])
    attention.resolve(link.connection, link=link)
    if tell:
        attention.detached(link)


def removed(link: Link) -> None:
    link.state, link.gone_at, link.held = LinkState.GONE, None, False
    link.meet_asked_at = None
    link.save(update_fields=["state", "gone_at", "held", "meet_asked_at"])
    attention.resolve(link.connection, link=link)
    _mass_over(link.connection)


def failed(link: Link, reason: str) -> None:
    link.state, link.error = LinkState.FAILED, reason[:200]
    link.save(update_fields=["state", "error"])


def is_customers(link: Link) -> bool:
    return bool(link.part == Part.CUSTOMER)


def target_of(connection: Connection) -> SyncedCalendar | None:
    return connection.calendars.filter(is_target=True).first()


def body_of(link: Link, wanted: Wanted) -> dict[str, Any]:
    """The whole event, for an insert."""
    return {
        "id": link.event_id,
        **{field: text for field, text in wanted.texts.items() if text},
        **translate.when(wanted.span, wanted.zone_name),
        **translate.private(wanted.name, rev=wanted.rev, installation=link.connection.installation),
    }


def difference(link: Link, wanted: Wanted) -> dict[str, Any]:
    """What of our own fields Google does not show yet; empty: nothing is to be sent.

    What somebody wrote over is theirs; a place that is the event's own Meet link is said by that.
    """
    body: dict[str, Any] = {}
    for field, text in wanted.texts.items():
        before = link.pushed.get(field, translate.fingerprint(""))
        own = field == "location" and text and text == link.meet_url
        if before != translate.THEIRS and before != translate.fingerprint(text) and not own:
            body[field] = text
    if Span(link.start, link.end) != wanted.span:
        body |= translate.moved(wanted.span, wanted.zone_name)
    if body or link.pushed.get("appt", wanted.name) != wanted.name:
        body |= translate.private(
            wanted.name, rev=wanted.rev, installation=link.connection.installation
        )
    return body


def count_to_come(connection: Connection | None) -> int:
    """How many events of ours stand in the calendar and are not over."""
    if connection is None:
        return 0
    return Link.objects.live().filter(connection=connection).to_come(timezone.now()).count()

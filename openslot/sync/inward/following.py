"""What somebody did in Google to an event of ours, carried out here by the ordinary functions.

Those refuse what cannot be; then our side stays, and its owner is asked. Events of appointments
that somebody has as a customer are only watched: one that they change is theirs from then on.
"""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from openslot.accounts.models import User
from openslot.appointments.changing import cancelling, rescheduling, time_off
from openslot.appointments.models import Way
from openslot.kernel.errors import DomainError, NotFound
from openslot.kernel.timerange import Span
from openslot.sync import attention, translate
from openslot.sync.models import LIVE, Kind, Link, Part, SyncedCalendar
from openslot.sync.outward import links, outbox, wanted
from openslot.sync.outward.wanted import Wanted
from openslot.sync.translate import Event

log = logging.getLogger("openslot.audit")


class CannotFollow(DomainError):
    """That cannot be followed here."""

    code = "cannot_follow"


def seen(link: Link, event: Event, calendar: SyncedCalendar) -> None:
    """An event of ours, as a calendar has it now. Safe to see again."""
    if link.state not in LIVE:
        return
    if translate.cancelled(event):
        if link.calendar_id == calendar.pk and link.etag:
            links.seen_deleted(link)
        return
    if link.gone_at is not None:
        links.alive_again(link)
    if link.calendar_id != calendar.pk:
        link.calendar = calendar
        link.save(update_fields=["calendar"])
    if event.get("etag") == link.etag:
        return
    if links.foreign(link, event):
        links.detach(link, tell=False)
        return
    _changed(link, event)


def _changed(link: Link, event: Event) -> None:
    links.noticed(link, event)
    url = translate.meet_url(event)
    if url and link.meet_asked_at:
        link.meet_url = url
    span, each = _span(link, event), _wanted(link)
    if span is None or (not links.ours(link, span) and (each is None or span != each.span)):
        _moved(link, event, span, each)
        return
    if each is not None and span == each.span:
        attention.resolve(link.connection, link=link)
    links.agreed(link, span)
    link.etag = str(event.get("etag") or links.STALE)
    link.save()
    if each is not None and span != each.span:
        outbox.again(link.connection, outbox.subject_of(link))


def _span(link: Link, event: Event) -> Span | None:
    """When it is there; of an appointment that was made a whole day nobody knows."""
    if translate.whole_days(event) and link.part != Part.TIME_OFF:
        return None
    return links.span_of(link, event)


def _wanted(link: Link) -> Wanted | None:
    plan = wanted.of(link.connection, outbox.subject_of(link))
    return plan.events.get(link.date_key)


def _moved(link: Link, event: Event, span: Span | None, each: Wanted | None) -> None:
    """Its time is one that we never wrote: somebody moved it."""
    if links.is_customers(link):
        links.detach(link)
        return
    if each is None or each.span != Span(link.start, link.end):
        link.save()
        return  # it changed here, too, and that waits to be pushed: the push settles it
    etag = str(event.get("etag") or links.STALE)
    try:
        with transaction.atomic():
            _follow(link, span, each)
            link.etag = etag
            link.save()
            attention.resolve(link.connection, link=link)
    except DomainError as refusal:
        link.etag = etag
        link.save()
        told = translate.told(span)
        attention.ask(link.connection, Kind.MOVED_TO_TAKEN, link=link, span=told, why=refusal.code)
        return
    if Span(link.start, link.end) != span:  # its length is the service's
        link.start, link.end = span or each.span
        link.save(update_fields=["start", "end"])
        outbox.again(link.connection, outbox.subject_of(link))


def _follow(link: Link, span: Span | None, each: Wanted) -> None:
    """Move it here as well. Raises a `DomainError` where that cannot be."""
    owner = owner_of(link)
    if span is None or span.start < timezone.now():
        raise CannotFollow
    if link.part == Part.TIME_OFF:
        _move_time_off(link, span, each, owner)
        return
    if link.appointment_id is None:
        raise NotFound
    if span.start != each.span.start:
        rescheduling.reschedule(link.appointment_id, by=owner, start=span.start, via=Way.GOOGLE)
    links.agreed(link, Span(span.start, span.start + (each.span.end - each.span.start)))


def _move_time_off(link: Link, span: Span, each: Wanted, owner: User) -> None:
    """Of a recurring one that date alone: it becomes a time off of its own."""
    if link.time_off_id is None:
        raise NotFound
    moved = time_off.reschedule(
        owner.provider,
        id=link.time_off_id,
        date_of=each.span.start if link.date_key else None,
        start=span.start,
        end=span.end,
    )
    link.pushed["appt"] = str(link.time_off_id)  # until its event is told whose it is now
    link.time_off_id, link.date_key = moved.pk, ""
    links.agreed(link, span)


def owner_of(link: Link) -> User:
    """Whose calendar it is, and who therefore did what was done there."""
    owner = link.connection.user
    if owner is None:
        raise NotFound
    return owner


def deletion(link: Link, *, dependents: str | None = None) -> None:
    """Its event was deleted for good: end here what it stood for.

    Raises a `DomainError` where that cannot be.
    """
    owner = owner_of(link)
    with transaction.atomic():
        if link.part == Part.TIME_OFF:
            _end_time_off(link, owner)
        elif link.appointment_id is not None:
            _cancel(link.appointment_id, owner, dependents)
        links.removed(link)


def _cancel(appointment_id: UUID, owner: User, dependents: str | None) -> None:
    cancelling.cancel(appointment_id, by=owner, via=Way.GOOGLE, dependents=dependents)


def _end_time_off(link: Link, owner: User) -> None:
    if link.time_off_id is None:
        return
    date_of: datetime | None = link.start if link.date_key else None
    try:
        time_off.give_back(owner.provider, id=link.time_off_id, date_of=date_of)
    except NotFound:
        log.info("time off %s was given back already", link.time_off_id)

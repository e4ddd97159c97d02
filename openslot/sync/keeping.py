"""Keeping a connection in step: one round of whatever is due, and what becomes of a fault."""

from __future__ import annotations

import logging
import random
import time
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from openslot.sync import attention, bell, channels, reconcile
from openslot.sync.google import faults, places
from openslot.sync.google.client import Google
from openslot.sync.inward import deletions, meeting, pull
from openslot.sync.models import (
    Change,
    Connection,
    ConnectionQuerySet,
    Link,
    State,
    SyncedCalendar,
)
from openslot.sync.outward import links, push
from openslot.sync.outward.push import Left

log = logging.getLogger(__name__)
ROUND = 60.0  # seconds; what is left then is another job
PACE, BACKLOG = timedelta(seconds=1), 5  # so many calls a second for what only has to be shown
FIRST, LONGEST = timedelta(seconds=5), timedelta(minutes=15)
QUOTA = timedelta(hours=1)
LONG = timedelta(hours=24)  # of failure, until its owner hears of it


def keep_in_step(connection_id: int, *, urgent: bool = False) -> None:
    """Bring a connection in step, unless it waits for Google or for its owner.

    `urgent`: somebody asked for it; no waiting for Google then.
    """
    running = Connection.objects.running().select_related("user__provider")
    connection = running.filter(pk=connection_id).first()
    now = timezone.now()
    if connection is None or not places.configured():
        return
    if connection.installation != places.installation():
        attention.lost(connection, State.PAUSED, reason="installation")
        return
    if connection.backoff_until is not None and connection.backoff_until > now and not urgent:
        return
    try:
        with Google(connection) as google:
            left = _round(google, connection, until=time.monotonic() + ROUND)
    except faults.Retry as fault:
        _back_off(connection, fault)
    except faults.AuthLost as fault:
        attention.lost(connection, State.NEEDS_RECONNECT, reason=fault.reason)
    except faults.ScopeMissing as fault:
        attention.lost(connection, State.SCOPE_MISSING, reason=fault.reason)
    except faults.Fault as fault:  # one call that Google will never do; the next round goes on
        log.warning("connection=%s: %s", connection.pk, fault)
        _back_off(connection, faults.Retry(fault.status, fault.reason))
    else:
        _went_well(connection)
        _go_on(connection, left)


def _round(google: Google, connection: Connection, *, until: float) -> Left:
    """Push, then read, then push what came of that; what is left then."""
    if reconcile.is_due(connection, timezone.now()):
        reconcile.prepare(google, connection)
    left = push.drain(google, connection, until=until, backlog=BACKLOG)
    _read(google, connection)
    deletions.settle(google, connection)
    left = max(left, push.drain(google, connection, until=until))
    meeting.look(google, connection)
    channels.ensure(google, connection)
    return left


def _read(google: Google, connection: Connection) -> None:
    for calendar in connection.calendars.order_by("pk"):
        calendar.connection = connection
        if not _reads(calendar) or not pull.is_due(calendar, timezone.now()):
            continue
        try:
            pull.pull(google, calendar)
        except faults.NotFound:
            pull.calendar_is_gone(connection, calendar)


def _reads(calendar: SyncedCalendar) -> bool:
    """Those that are chosen, and those that an event of ours was moved to."""
    return calendar.is_synced or calendar.links.live().exists()


def _go_on(connection: Connection, left: Left) -> None:
    if left == Left.MORE:
        bell.ring(connection.pk)
    elif left == Left.BACKLOG:
        bell.go_on(connection.pk, at=timezone.now() + PACE)


def _went_well(connection: Connection) -> None:
    Connection.objects.filter(pk=connection.pk).update(
        failures=0, failing_since=None, backoff_until=None, last_ok_at=timezone.now()
    )


def _back_off(connection: Connection, fault: faults.Retry) -> None:
    """Try again later, and later still; never give up, and say so after a day."""
    now = timezone.now()
    connection.failures += 1
    connection.failing_since = connection.failing_since or now
    connection.backoff_until = now + delay(connection.failures, fault)
    connection.reason = (fault.reason or str(fault.status))[:100]
    connection.save(update_fields=["failures", "failing_since", "backoff_until", "reason"])
    if isinstance(fault, faults.Misconfigured):
        log.error("Google does not know this installation: %s", fault)
    if now - connection.failing_since > LONG:
        attention.tell_of_failure(connection)
    bell.wake(connection.pk, at=connection.backoff_until)


def delay(failures: int, fault: faults.Retry) -> timedelta:
    """How long to wait: exponentially with jitter, at least what Google asks for."""
    if isinstance(fault, faults.QuotaUsedUp):
        return max(QUOTA, fault.after or QUOTA)
    waits: timedelta = min(LONGEST, FIRST * 2 ** min(failures - 1, 10))
    return max(waits * random.uniform(0.5, 1), fault.after or timedelta(0))  # noqa: S311


def due() -> ConnectionQuerySet:
    """The connections for which a round would find something to do, in one query."""
    now = timezone.now()
    calendars = SyncedCalendar.objects.filter(connection=OuterRef("pk"))
    reads = calendars.filter(Q(is_target=True) | Q(blocks=True)).filter(
        Q(pull_due_at__isnull=True)
        | Q(pull_due_at__lte=now)
        | Q(full_due_at__lte=now)
        | Q(pull_wanted_at__gte=F("pulled_at"))
    )
    gone = Link.objects.live().filter(
        connection=OuterRef("pk"), held=False, gone_at__lte=now - links.grace()
    )
    waiting = Change.objects.filter(connection=OuterRef("pk"), done_at__isnull=True)
    return (
        Connection.objects.running()
        .filter(Q(backoff_until__isnull=True) | Q(backoff_until__lte=now))
        .filter(Exists(reads) | Exists(gone) | Exists(waiting) | ~Exists(calendars))
    )

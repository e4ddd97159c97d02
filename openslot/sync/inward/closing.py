"""Hours that are closed because a calendar was not read for a day, for those who want it so.

Whoever has no wish stays open: a booking never depends on Google.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Coalesce

from openslot.availability import busy
from openslot.kernel.timerange import LATEST, Span
from openslot.sync.models import Connection, ConnectionQuerySet, SyncedCalendar

PATIENCE = timedelta(hours=24)
SOURCE, KEY = "google:unread", "all"


def settle(now: datetime) -> None:
    """Close where a blocking calendar was not read for a day, and open where that is over."""
    unread = _unread(now)
    for connection in unread.filter(closed_at__isnull=True):
        _close(connection, now)
    closed = Connection.objects.filter(closed_at__isnull=False)
    for connection in closed.exclude(pk__in=unread.values("pk")):
        _open(connection)


def _unread(now: datetime) -> ConnectionQuerySet:
    blocking = SyncedCalendar.objects.filter(connection=OuterRef("pk"), blocks=True, listed=True)
    last_read = Coalesce("pulled_at", "connection__connected_at")
    old = blocking.annotate(read_at=last_read).filter(read_at__lte=now - PATIENCE)
    wishing = Connection.objects.live().filter(closes=True, user__provider__isnull=False)
    return wishing.filter(Exists(old)).select_related("user__provider")


@transaction.atomic
def _close(connection: Connection, now: datetime) -> None:
    if connection.user is not None:
        always = Span(now, LATEST)
        busy.merge(connection.user.provider, source=SOURCE, changes=[(KEY, always)])
    Connection.objects.filter(pk=connection.pk).update(closed_at=now)


@transaction.atomic
def _open(connection: Connection) -> None:
    if connection.user is not None and connection.user.is_provider:
        busy.forget(connection.user.provider, source=SOURCE)
    Connection.objects.filter(pk=connection.pk).update(closed_at=None)

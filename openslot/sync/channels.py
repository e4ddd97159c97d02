"""Where Google calls us when a calendar changes: made, renewed in time, stopped, heard.

A push says that something changed and never what; it may be lost, doubled or late. So it only sets
a wish to look, and polling goes on behind it.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from openslot.kernel.errors import NotFound
from openslot.sync import bell
from openslot.sync.google import faults, places
from openslot.sync.google.client import Google
from openslot.sync.models import Channel, Connection, SyncedCalendar

log = logging.getLogger(__name__)
LIFE = timedelta(days=7)  # asked for; Google says what it gives
EARLY = timedelta(hours=36)  # before its end a channel is replaced
LATER = timedelta(hours=1)  # until a refusal is tried again
SOON = timedelta(minutes=5)


def ensure(google: Google, connection: Connection) -> None:
    """A live channel for each calendar that is read, and none for the others.

    One that ends soon is replaced before it is stopped. Where Google gives none, polling remains.
    """
    now = timezone.now()
    for calendar in connection.calendars.all():
        live = list(_live(calendar, now))
        wanted = calendar.is_synced and calendar.listed and places.pushes()
        fresh = [one for one in live if one.expires_at > now + EARLY]
        if wanted and not fresh:
            made = _watched(google, calendar, now)
            fresh = [made] if made else live[:1]
        for old in live:
            if not wanted or old.pk != fresh[0].pk:
                _stop(google, old)


def _live(calendar: SyncedCalendar, now: datetime) -> QuerySet[Channel]:
    live = calendar.channels.filter(stopped_at__isnull=True, expires_at__gt=now)
    return live.exclude(resource_id="").order_by("-expires_at")


def _watched(google: Google, calendar: SyncedCalendar, now: datetime) -> Channel | None:
    if calendar.watch_due_at is not None and calendar.watch_due_at > now:
        return None
    token = secrets.token_urlsafe(32)
    channel = Channel.objects.create(
        calendar=calendar, token_digest=digest(token), created_at=now, expires_at=now + LIFE
    )
    try:
        answer = google.watch(calendar.google_id, _wish(channel, token))
    except (faults.AuthLost, faults.ScopeMissing):
        raise
    except faults.Fault as fault:
        log.info("no channel for calendar=%s: %s", calendar.pk, fault)
        if not isinstance(fault, faults.Retry):  # else Google may have made it all the same
            channel.delete()
        calendar.watch_due_at = now + (SOON if isinstance(fault, faults.Retry) else LATER)
        calendar.save(update_fields=["watch_due_at"])
        return None
    channel.resource_id = str(answer.get("resourceId") or "")
    channel.expires_at = _expiry(answer) or channel.expires_at
    channel.save(update_fields=["resource_id", "expires_at"])
    return channel


def _wish(channel: Channel, token: str) -> dict[str, Any]:
    return {
        "id": str(channel.pk),
        "type": "web_hook",
        "address": settings.BASE_URL + reverse("google_push"),
        "token": token,
        "params": {"ttl": str(int(LIFE.total_seconds()))},
    }


def _expiry(answer: dict[str, Any]) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(answer["expiration"]) / 1000, tz=UTC)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _stop(google: Google, channel: Channel) -> None:
    """It is not listened to any more from here on, whatever Google says to that."""
    channel.stopped_at = channel.stopped_at or timezone.now()
    channel.save(update_fields=["stopped_at"])
    try:
        google.stop(str(channel.pk), channel.resource_id)
    except (faults.AuthLost, faults.ScopeMissing):
        raise
    except faults.Fault as fault:
        log.info("channel=%s was not stopped: %s", channel.pk, fault)


def mute(connection: Connection) -> None:
    """Listen to none of its channels any more; nothing is said to Google yet."""
    live = Channel.objects.filter(calendar__connection=connection, stopped_at__isnull=True)
    live.update(stopped_at=timezone.now())


def stop_all(google: Google, connection: Connection) -> None:
    """Tell Google to stop every channel that may live there still."""
    living = Channel.objects.filter(calendar__connection=connection, expires_at__gt=timezone.now())
    for channel in living.exclude(resource_id=""):
        _stop(google, channel)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def heard(channel_id: str, *, token: str, resource_id: str, state: str, number: str) -> None:
    """Google says that a calendar changed: have the worker look.

    Raises `NotFound` for whatever is not exactly a live channel of ours, with its token.
    """
    channel = _found(channel_id)
    known = channel.token_digest if channel else digest("")
    if not hmac.compare_digest(digest(token), known) or channel is None:
        raise NotFound
    now = timezone.now()
    if channel.stopped_at is not None or not channel.calendar.connection.is_running:
        raise NotFound
    if not resource_id or channel.resource_id not in {"", resource_id}:
        raise NotFound
    last = max(channel.last_message, min(int(number), 1 << 62) if number.isdecimal() else 0)
    Channel.objects.filter(pk=channel.pk).update(
        spoke_at=now, last_message=last, resource_id=resource_id
    )
    if state != "sync":
        SyncedCalendar.objects.filter(pk=channel.calendar_id).update(pull_wanted_at=now)
        bell.ring(channel.calendar.connection_id)


def _found(channel_id: str) -> Channel | None:
    try:
        pk = UUID(channel_id)
    except ValueError:
        return None
    return Channel.objects.select_related("calendar__connection__user").filter(pk=pk).first()


def forget_old() -> None:
    """Channels that ended by themselves."""
    Channel.objects.filter(expires_at__lt=timezone.now() - timedelta(days=1)).delete()

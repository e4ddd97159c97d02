"""Giving a connection up: at once here, and then at Google, as far as Google lets us."""

from __future__ import annotations

import logging
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from openslot.accounts.models import User
from openslot.kernel.keeping import sealing
from openslot.sync import attention, bell, channels, errors
from openslot.sync.connecting import calendars
from openslot.sync.google import faults, oauth, tokens
from openslot.sync.google.client import Google
from openslot.sync.models import Connection, Link, LinkState, State
from openslot.sync.outward import push

log = logging.getLogger("openslot.audit")


@transaction.atomic
def disconnect(user: User, *, events: str = "keep") -> None:
    """Forget the calendar; what stands there to come is kept there, or deleted (`delete`).

    What it blocked is free at once. The worker stops the channels, revokes the access and wipes
    the tokens. Raises `NotConnected`.
    """
    connection = Connection.objects.select_for_update().live().filter(user=user).first()
    if connection is None:
        raise errors.NotConnected
    give_up(connection, delete=events == "delete")


@transaction.atomic
def end_of(user_id: UUID) -> None:
    """The same where there may be none, for a person who is somebody else now."""
    connection = Connection.objects.select_for_update().live().filter(user=user_id).first()
    if connection is not None:
        give_up(connection, delete=False)


def give_up(connection: Connection, *, delete: bool) -> None:
    """The same for a connection in hand; wants a transaction."""
    links = Link.objects.live().filter(connection=connection).to_come(timezone.now())
    if delete:
        links.update(state=LinkState.LEAVING, gone_at=None)
    connection.changes.filter(done_at__isnull=True).delete()
    connection.issues.open().update(resolved_at=timezone.now())
    for calendar in connection.calendars.filter(blocks=True):
        calendars.free(connection, calendar)
    connection.calendars.update(sync_token="", full_due_at=None)
    channels.mute(connection)
    attention.put(connection, State.DISCONNECTED)
    log.info("calendar disconnected user=%s connection=%s", connection.user_id, connection.pk)
    bell.leave(connection.pk)


def leave(connection_id: int, *, last: bool = False) -> None:
    """Tidy up at Google behind a connection that was given up. Safe to run twice.

    Google may say no to any of it. Where it does not answer, the fault is raised for another try,
    but for the `last` one: tokens are wiped then, whatever stands there.
    """
    connection = Connection.objects.filter(pk=connection_id, state=State.DISCONNECTED).first()
    if connection is None or not connection.refresh_token:
        return
    try:
        _tidy(connection)
    except faults.Retry:
        if not last:
            raise
    except faults.Fault as fault:
        log.info("left connection=%s with %s", connection.pk, fault)
    if Connection.objects.filter(pk=connection_id, state=State.DISCONNECTED).exists():
        _revoke(connection, last=last)
        tokens.forget(connection)
    if connection.user_id is None:
        connection.delete()


def _tidy(connection: Connection) -> None:
    with Google(connection) as google:
        channels.stop_all(google, connection)
        leaving = Link.objects.filter(connection=connection, state=LinkState.LEAVING)
        for link in leaving.select_related("calendar").order_by("pk"):
            link.connection = connection
            push.remove(google, link)


def _revoke(connection: Connection, *, last: bool) -> None:
    try:
        context = f"connection:{connection.pk}:refresh_token"
        oauth.revoke(sealing.opened(connection.refresh_token, context=context))
    except sealing.NotOpened:
        return
    except faults.Retry:
        if not last:
            raise

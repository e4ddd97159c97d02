"""What the sync keeps about people: see kernel/privacy.py."""

from __future__ import annotations

from typing import Any

from openslot.accounts.models import User
from openslot.kernel import privacy
from openslot.sync.connecting import disconnect
from openslot.sync.models import Connection, Issue, Link, State, SyncedCalendar

# Secrets, and how we work and nothing about anybody.
INNER = {"refresh_token", "access_token", "sync_token", "pushed", "installation"}


def export(user: User) -> dict[str, Any]:
    mine = Connection.objects.filter(user=user)
    return {
        "calendar_connections": privacy.rows(mine, without=INNER),
        "calendars": privacy.rows(
            SyncedCalendar.objects.filter(connection__in=mine), without=INNER
        ),
        "calendar_events": privacy.rows(Link.objects.filter(connection__in=mine), without=INNER),
        "calendar_questions": privacy.rows(Issue.objects.filter(connection__in=mine)),
    }


def forget(user: User) -> None:
    """The worker revokes the access and deletes what is to come there, then the row goes too."""
    for connection in Connection.objects.live().filter(user=user):
        disconnect.give_up(connection, delete=True)
    Connection.objects.filter(user=user, refresh_token="", state=State.DISCONNECTED).delete()


PART = privacy.Part(
    models=[model._meta.label for model in (Connection, SyncedCalendar, Link, Issue)],
    export=export,
    forget=forget,
)

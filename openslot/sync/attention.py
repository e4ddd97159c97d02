"""What a person has to know or decide about their calendar: issues, and one message each.

Messages are announced by ids; who sends them is not known here (subscriptions.py).
"""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone

from openslot.kernel import events
from openslot.sync.models import Connection, Issue, Kind, Link, State

log = logging.getLogger("openslot.audit")
NAMES = UUID("5b0f1c1e-6f0c-4c55-9d5e-5a1f8f9f3f0b")  # what the ids of messages are made in

# The question that a kind asks stops nothing else; while one of these is open, a person is needed.
GRAVE = (Kind.MASS_DELETION, Kind.CALENDAR_GONE)


@transaction.atomic
def ask(connection: Connection, kind: Kind, *, link: Link | None = None, **data: Any) -> Issue:
    """Open an issue, or bring the open one up to date; whoever owns the calendar is told once."""
    asked = connection.issues.open().filter(link=link)
    issue = (asked if link else asked.filter(kind=kind)).select_for_update().first()
    if issue is not None:
        issue.kind, issue.data = kind, data
        issue.save(update_fields=["kind", "data"])
    else:
        issue = Issue.objects.create(
            connection=connection, link=link, kind=kind, data=data, opened_at=timezone.now()
        )
        tell(connection, f"sync_{kind}", cause=issue.pk, link=link)
    settle_state(connection)
    return issue


@transaction.atomic
def resolve(connection: Connection, *, link: Link | None = None, kind: Kind | None = None) -> None:
    """Close what is open about a link, or of a kind."""
    issues = connection.issues.open()
    issues = issues.filter(link=link) if link else issues.filter(kind=kind)
    if issues.update(resolved_at=timezone.now()):
        settle_state(connection)


def settle_state(connection: Connection) -> None:
    """Whether it waits for a decision, by the issues that are open."""
    if not connection.is_running:
        return
    grave = connection.issues.open().filter(kind__in=GRAVE).exists()
    put(connection, State.NEEDS_ATTENTION if grave else State.ACTIVE)


def put(connection: Connection, state: State, *, reason: str = "") -> bool:
    """Set its state; whether that is another one."""
    if connection.state == state:
        return False
    before, now = connection.state, timezone.now()
    changed = Connection.objects.filter(pk=connection.pk, state=before).update(
        state=state, state_since=now, reason=reason
    )
    if not changed:  # somebody else set it meanwhile: theirs stands
        connection.refresh_from_db()
        return False
    connection.state, connection.state_since, connection.reason = state, now, reason
    log.info("calendar connection=%s %s→%s %s", connection.pk, before, state, reason)
    return True


def lost(connection: Connection, state: State, *, reason: str) -> None:
    """It can do nothing more until its owner comes: say so once."""
    if put(connection, state, reason=reason):
        cause = uuid5(NAMES, f"{connection.pk}:{connection.state_since.isoformat()}")
        tell(connection, f"sync_{state}", cause=cause)


def tell_of_failure(connection: Connection) -> None:
    """Google has not answered for a day: said once for each time that lasts so long."""
    since = connection.failing_since.isoformat() if connection.failing_since else ""
    tell(connection, "sync_failing", cause=uuid5(NAMES, f"{connection.pk}:failing:{since}"))


def detached(link: Link) -> None:
    """Somebody changed an event of theirs as a customer: it is theirs from now on."""
    tell(link.connection, "sync_detached", cause=uuid5(NAMES, f"link:{link.pk}"), link=link)


def tell(connection: Connection, what: str, *, cause: UUID, link: Link | None = None) -> None:
    if connection.user_id is None:
        return
    appointment = link.appointment_id if link else None
    events.announce(
        "calendar.attention",
        user_id=str(connection.user_id),
        what=what,
        cause=str(cause),
        appointment_id=str(appointment) if appointment else None,
    )

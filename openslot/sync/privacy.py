"""What the sync keeps about people: see kernel/privacy.py."""

from __future__ import annotations

from typing import Any

from openslot.accounts.models import Customer, User
from openslot.appointments.models import Appointment
from openslot.kernel import privacy
from openslot.sync.connecting import disconnect
from openslot.sync.models import Connection, Issue, Link, State, SyncedCalendar
from openslot.sync.outward import outbox

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


def join(guest: Customer, customer: Customer, user: User | None) -> None:  # noqa: ARG001
    """What a guest had booked belongs into the calendar of the account that they have now."""
    if user is None:
        return  # two guests became one
    booked = Appointment.objects.filter(customer=guest).values_list("pk", "version")
    outbox.note_for(user, booked)


PART = privacy.Part(
    models=[model._meta.label for model in (Connection, SyncedCalendar, Link, Issue)],
    export=export,
    forget=forget,
    join=join,
)

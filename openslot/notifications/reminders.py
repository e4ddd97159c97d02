"""Reminders: rows with a due time, planned when an appointment is confirmed or moved.

Nothing hunts for jobs in a queue: a move plans the rows anew, and every minute those due are sent.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from openslot.accounts.models import Customer, User
from openslot.appointments.models import Act, Appointment, Role, Status
from openslot.notifications import deliver, kinds, preferences
from openslot.notifications.models import Delivery, Preference, Reminder

BATCH = 500
CAUSES = uuid.UUID("6b1f7c1e-6a3d-4d0c-9c39-8d5d9f4f6f0a")

# An appointment's side and who is there, if anybody can be told.
People = dict[Role, User | Customer]


def plan_act(act_id: UUID) -> None:
    """Plan what the act's appointments need now; safe to run twice and in any order."""
    act = Act.objects.filter(pk=act_id).first()
    if act is None:
        return
    moved = act.moves.values_list("appointment_id", flat=True).order_by("appointment_id")
    for appointment_id in moved.distinct():
        plan(appointment_id, since=act.at)


def replan(user: User) -> None:
    """Plan what is to come anew, after the user has chosen other times."""
    now = timezone.now()
    mine = Appointment.objects.visible_to(user).filter(status=Status.CONFIRMED, start__gt=now)
    for appointment_id in list(mine.values_list("pk", flat=True)):
        plan(appointment_id, since=now)


@transaction.atomic
def plan(appointment_id: UUID, *, since: datetime) -> None:
    """Let exactly the reminders stand that the appointment needs as it is.

    One that would have been due before `since` is not made: whoever books or moves an hour ahead
    knows. What was sent for this start is not sent again; another start begins anew.
    """
    appointment = (
        Appointment.objects.select_for_update(no_key=True, of=("self",))
        .with_people()
        .select_related("customer__provider")
        .filter(pk=appointment_id)
        .first()
    )
    if appointment is None:
        return
    wanted = _wanted(appointment, since=since)
    for row in Reminder.objects.filter(appointment=appointment):
        due = wanted.pop((row.role, row.minutes), None)
        stands = row.due_at == appointment.start - timedelta(minutes=row.minutes)
        if due is None and not (row.sent_at and stands):
            row.delete()
        elif due is not None and not stands:
            row.due_at, row.sent_at = due, None
            row.save(update_fields=["due_at", "sent_at"])
    Reminder.objects.bulk_create(
        Reminder(appointment=appointment, role=role, minutes=minutes, due_at=due)
        for (role, minutes), due in wanted.items()
    )


def _wanted(appointment: Appointment, *, since: datetime) -> dict[tuple[str, int], datetime]:
    """When each side is to be reminded, by side and minutes."""
    if appointment.status != Status.CONFIRMED or appointment.start <= timezone.now():
        return {}
    people = _people(appointment)
    kept = preferences.of(people.values())
    wanted = {
        (role.value, minutes): appointment.start - timedelta(minutes=minutes)
        for role, person in people.items()
        for minutes in kept[person.pk].reminder_minutes
    }
    return {key: due for key, due in wanted.items() if due > since}


def _people(appointment: Appointment) -> People:
    people = {role: deliver.person_in(appointment, role) for role in kinds.SIDES}
    return {role: person for role, person in people.items() if person is not None}


def send_due() -> int:
    """Hand over every reminder that is due, in batches; how many rows that were.

    Of several of one person for one appointment, after an outage, one is sent; where the
    appointment has begun or is no longer confirmed, none.
    """
    done = 0
    while batch := _batch(timezone.now()):
        done += batch
    return done


@transaction.atomic
def _batch(now: datetime) -> int:
    """Those of some appointments, which are locked: two workers share no appointment."""
    due = Reminder.objects.filter(sent_at__isnull=True, due_at__lte=now)
    asked = set(due.order_by("due_at", "id").values_list("appointment_id", flat=True)[:BATCH])
    if not asked:
        return 0
    free = Appointment.objects.filter(pk__in=asked).order_by("pk")
    mine = free.select_for_update(no_key=True, skip_locked=True).values_list("pk", flat=True)
    rows = list(
        due.filter(appointment__in=list(mine))
        .select_related(
            "appointment__provider__user",
            "appointment__customer__user",
            "appointment__customer__provider",
        )
        .order_by("-due_at", "id")
    )
    _post([row for row in rows if _makes_sense(row.appointment, now)], now=now)
    Reminder.objects.filter(pk__in=[row.pk for row in rows]).update(sent_at=now)
    return len(rows)


def _makes_sense(appointment: Appointment, now: datetime) -> bool:
    return appointment.status == Status.CONFIRMED and appointment.start > now


def _post(rows: Sequence[Reminder], *, now: datetime) -> None:
    latest = {(row.appointment_id, row.role): row for row in reversed(rows)}
    people = {
        key: person
        for key, row in latest.items()
        if (person := deliver.person_in(row.appointment, row.role)) is not None
    }
    kept = preferences.of(people.values())
    deliver.post(
        draft
        for key, person in people.items()
        for draft in _drafts(latest[key], person, kept[person.pk], now=now)
    )


def _drafts(
    row: Reminder, person: User | Customer, kept: Preference, *, now: datetime
) -> list[Delivery]:
    return [
        Delivery(
            **deliver.whose(person),
            cause=uuid.uuid5(CAUSES, f"{row.pk} {row.due_at.isoformat()}"),
            channel=channel,
            kind="reminder",
            appointment=row.appointment,
            role=row.role,
            start=row.appointment.start,
            created_at=now,
        )
        for channel in deliver.channels(person)
        if kept.wants("reminder", channel)
    ]

"""What changed and has to reach somebody's calendar: rows, written by the job that the change rang.

The change itself does nothing for calendars; a booking is as quick with one as without.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from openslot.accounts.models import User
from openslot.appointments.models import Act, Appointment
from openslot.availability.models import TimeOffSpan
from openslot.sync import bell
from openslot.sync.google import places
from openslot.sync.models import Change, Connection, Link
from openslot.sync.outward.wanted import Subject

KEPT = timedelta(days=7)  # for which what is done can be looked at
BATCH = 500


def is_concerned(act_id: UUID) -> bool:  # noqa: ARG001  the same for each
    """Whether any calendar may have to hear of an act."""
    return places.configured()


def note_act(act_id: UUID) -> None:
    """Write down for the calendars of both sides what an act changed. Safe to run twice."""
    act = Act.objects.filter(pk=act_id).first()
    if act is None:
        return
    appointments = Appointment.objects.filter(moves__act=act).order_by("pk").distinct()
    note(appointments, rings=True)


def note(appointments: QuerySet[Appointment], *, rings: bool = False) -> None:
    people: dict[UUID, list[tuple[UUID, int]]] = {}
    columns = ("pk", "version", "provider__user_id", "customer__user_id")
    for pk, version, *sides in appointments.values_list(*columns):
        for user_id in {side for side in sides if side is not None}:
            people.setdefault(user_id, []).append((pk, version))
    rows = []
    touched = set()
    for connection in Connection.objects.live().filter(user__in=list(people)):
        touched.add(connection.pk)
        rows += [
            Change(connection=connection, appointment_id=pk, rev=version)
            for pk, version in people[connection.user_id]  # type: ignore[index]
        ]
    _write(rows)
    if rings:
        _ring(touched)


def note_for(user: User, versions: Iterable[tuple[UUID, int]]) -> None:
    """The same for one person, of appointments that become theirs just now."""
    connection = Connection.objects.live().filter(user=user).first()
    if connection is None:
        return
    rows = [Change(connection=connection, appointment_id=pk, rev=rev + 1) for pk, rev in versions]
    _write(rows)
    bell.ring(connection.pk)


def note_guest(customer_id: UUID, *, now: datetime) -> None:
    """What is to come of a guest, for the calendar of its provider."""
    note(Appointment.objects.filter(customer=customer_id).upcoming(now), rings=True)


def _write(rows: Iterable[Change]) -> None:
    """What waited as a part of a backlog and changed now waits there no longer."""
    Change.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["connection", "appointment", "rev"],
        update_fields=["backlog"],
    )


def note_time_off(time_off_id: UUID, *, provider_id: UUID) -> None:
    """The same of a time off: taken, changed or given back."""
    connections = Connection.objects.live().filter(user__provider=provider_id)
    made = [Change(connection=each, time_off_id=time_off_id) for each in connections]
    Change.objects.bulk_create(made)
    _ring(each.connection_id for each in made)


def _ring(connections: Iterable[int]) -> None:
    for pk in sorted(set(connections)):
        bell.ring(pk)


def note_everything(connection: Connection) -> int:
    """All that is to come, and all that stands there: for a new or another calendar; how many.

    A backlog: what changes meanwhile goes first.
    """
    now, user = timezone.now(), connection.user
    if user is None:
        return 0
    mine = Appointment.objects.visible_to(user).active().filter(end__gt=now).by_start()
    linked = Link.objects.live().filter(connection=connection)
    shown = Appointment.objects.filter(pk__in=linked.to_come(now).values("appointment"))
    versions = (mine.values_list("pk", "version"), shown.values_list("pk", "version"))
    known = dict(one for some in versions for one in some)
    away = TimeOffSpan.objects.filter(provider__user=user, end__gt=now)
    dates: set[UUID | None] = set(away.values_list("time_off_id", flat=True))
    dates |= set(linked.exclude(time_off_id=None).values_list("time_off_id", flat=True))
    before = Change.objects.filter(connection=connection, appointment__in=known)
    before.filter(done_at__isnull=False).delete()
    Change.objects.bulk_create(
        [
            *(
                Change(connection=connection, appointment_id=pk, rev=rev, backlog=True)
                for pk, rev in known.items()
            ),
            *(Change(connection=connection, time_off_id=pk, backlog=True) for pk in dates if pk),
        ],
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    return len(known) + len(dates)


def again(connection: Connection, subject: Subject) -> None:
    """Have it looked at once more, whatever was done for it."""
    if subject.appointment_id is None:
        Change.objects.create(connection=connection, time_off_id=subject.time_off_id)
        return
    rev = Appointment.objects.values_list("version", flat=True).get(pk=subject.appointment_id)
    Change.objects.update_or_create(
        connection=connection,
        appointment_id=subject.appointment_id,
        rev=rev,
        defaults={"done_at": None, "created_at": timezone.now(), "backlog": False},
    )


def subject_of(link: Link) -> Subject:
    return Subject(link.appointment_id, link.time_off_id)


def waiting(connection: Connection) -> QuerySet[Change]:
    return connection.changes.filter(done_at__isnull=True).order_by("id")


def due(connection: Connection, *, most: int = BATCH) -> Iterator[tuple[Subject, list[int]]]:
    """What changed and waits, oldest first, each thing once with all its rows."""
    rows: dict[Subject, list[int]] = {}
    for row in waiting(connection).filter(backlog=False)[:most]:
        rows.setdefault(_subject(row), []).append(row.pk)
    yield from rows.items()


def next_of_backlog(connection: Connection) -> tuple[Subject, list[int]] | None:
    """What has stood there longest and is only to be shown; the thing with all its rows."""
    row = waiting(connection).filter(backlog=True).first()
    if row is None:
        return None
    same = waiting(connection).filter(appointment=row.appointment_id, time_off_id=row.time_off_id)
    return _subject(row), [one.pk for one in same]


def _subject(row: Change) -> Subject:
    return Subject(row.appointment_id, row.time_off_id)


def done(rows: Iterable[int]) -> None:
    Change.objects.filter(pk__in=list(rows)).update(done_at=timezone.now())


def forget_old() -> None:
    Change.objects.filter(Q(done_at__lt=timezone.now() - KEPT)).delete()

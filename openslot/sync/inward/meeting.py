"""Meet links that Google is still making: fetched as soon as they are there."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from openslot.appointments.changing import editing
from openslot.appointments.models import Act, Appointment, Status, Way
from openslot.kernel.errors import DomainError
from openslot.sync import bell, translate
from openslot.sync.google import faults, places
from openslot.sync.google.client import Google
from openslot.sync.models import Connection, Link, State, SyncedCalendar
from openslot.sync.outward import wanted

CONFIRMATION = timedelta(seconds=20)  # that one waits for a link
EVERY = timedelta(seconds=2)  # while it is young
PATIENCE = timedelta(minutes=1)  # from then on the ordinary pulls have to do


def look(google: Google, connection: Connection) -> None:
    """Ask for the links that are not there yet, and give those that are to their appointments."""
    now = timezone.now()
    asked = Link.objects.live().filter(connection=connection, meet_asked_at__isnull=False)
    waiting = False
    for link in asked.select_related("calendar", "appointment"):
        link.connection = connection
        if not link.meet_url and now - (link.meet_asked_at or now) < PATIENCE:
            _ask(google, link)
        if link.meet_url:
            give(link)
        elif now - (link.meet_asked_at or now) < PATIENCE:
            waiting = True
    if waiting:
        bell.wake(connection.pk, at=now + EVERY)


def _ask(google: Google, link: Link) -> None:
    try:
        event = google.get(link.calendar.google_id, link.event_id)
    except (faults.NotFound, faults.Gone, faults.Permanent):
        return
    link.meet_url = translate.meet_url(event)
    link.save(update_fields=["meet_url"])


def give(link: Link) -> None:
    """The appointment's place is the link from now on, unless somebody has named another one."""
    appointment = link.appointment
    owner = link.connection.user
    if appointment is not None and owner is not None and wanted.needs_link(appointment):
        try:
            editing.relocate(appointment.pk, by=owner, location=link.meet_url, via=Way.GOOGLE)
        except DomainError:
            return
    link.meet_asked_at = None
    link.save(update_fields=["meet_asked_at"])


def awaits(act_id: UUID) -> bool:
    """Whether a confirmation should wait for a Meet link: for seconds, where Google is well."""
    if not places.configured():
        return False
    act = Act.objects.filter(pk=act_id, at__gt=timezone.now() - CONFIRMATION).first()
    if act is None:
        return False
    appointments = Appointment.objects.filter(moves__act=act, moves__action__in=("book", "accept"))
    return any(_comes(one) for one in appointments.filter(status=Status.CONFIRMED).with_people())


def _comes(appointment: Appointment) -> bool:
    if not wanted.needs_link(appointment):
        return False
    target = SyncedCalendar.objects.filter(
        connection__user=appointment.provider.user_id,
        connection__state=State.ACTIVE,
        connection__failures=0,
        connection__meets=True,
        is_target=True,
        listed=True,
        meets=True,
    )
    return target.exists()

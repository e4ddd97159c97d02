"""Events of ours that were deleted in Google, once their grace is over.

Never by mere absence, never by an error: Google has to say "cancelled". And never many at once
unasked: somebody who empties a calendar does not mean to send everybody home.
"""

from __future__ import annotations

from django.utils import timezone

from openslot.appointments.models import Appointment
from openslot.kernel.errors import DomainError
from openslot.sync import attention, translate
from openslot.sync.google import faults
from openslot.sync.google.client import Google
from openslot.sync.inward import following
from openslot.sync.models import Connection, Kind, Link, Part
from openslot.sync.outward import links, outbox, wanted
from openslot.sync.translate import Event

MANY = 5  # more than so many are asked about
SOME = 3  # or as many, where they are over half of what is to come


def settle(google: Google, connection: Connection) -> None:
    """Follow the deletions whose grace is over, or ask about them."""
    now = timezone.now()
    due = _waiting(connection).filter(held=False, gone_at__lte=now - links.grace())
    over = list(due.select_related("calendar", "appointment"))
    for link in over:
        link.connection = connection
    for link in [one for one in over if links.is_customers(one)]:
        if _confirmed(google, link):
            links.detach(link, tell=_still_meant(link))
    mine = [one for one in over if not links.is_customers(one)]
    mine = [one for one in mine if _confirmed(google, one)]
    if not mine:
        return
    if _too_many(connection):
        _hold(connection)
        return
    for link in mine:
        _follow(link)


def _waiting(connection: Connection):  # type: ignore[no-untyped-def]  # noqa: ANN202
    return Link.objects.live().filter(connection=connection, gone_at__isnull=False)


def _too_many(connection: Connection) -> bool:
    """Over all that wait, whatever pull saw them; also while an earlier question is open."""
    mine = Link.objects.live().filter(connection=connection).exclude(part=Part.CUSTOMER)
    mine = mine.to_come(timezone.now())
    gone, all_ = mine.filter(gone_at__isnull=False).count(), mine.count()
    asked = connection.issues.open().filter(kind=Kind.MASS_DELETION).exists()
    return asked or gone > MANY or (gone >= SOME and gone * 2 > all_)


def _hold(connection: Connection) -> None:
    _waiting(connection).exclude(part=Part.CUSTOMER).update(held=True)
    count = _waiting(connection).filter(held=True).count()
    attention.ask(connection, Kind.MASS_DELETION, count=count)


def _confirmed(google: Google, link: Link) -> bool:
    """Whether Google says that it is deleted, and it stands in no other calendar of theirs."""
    event = _look(google, link.calendar.google_id, link.event_id)
    if event is not None and not translate.cancelled(event):
        following.seen(link, event, link.calendar)
        return False
    for other in link.connection.calendars.exclude(pk=link.calendar_id):
        if other.is_synced:
            there = _look(google, other.google_id, link.event_id)
            if there is not None and not translate.cancelled(there):
                following.seen(link, there, other)
                return False
    if event is None and not links.is_customers(link):
        _ask(link, Kind.VANISHED)
        return False
    return True


def _look(google: Google, calendar: str, event_id: str) -> Event | None:
    """None where Google knows nothing of it."""
    try:
        return google.get(calendar, event_id)
    except (faults.NotFound, faults.Gone):
        return None


def _still_meant(link: Link) -> bool:
    """Whether the appointment still stands: else it is no loss."""
    if link.appointment_id is None:
        return False
    return Appointment.objects.active().filter(pk=link.appointment_id).exists()


def _follow(link: Link) -> None:
    if not wanted.of(link.connection, outbox.subject_of(link)).events:
        links.removed(link)  # it ended here, too
        return
    if not link.connection.cancels:
        _ask(link, Kind.NOT_CANCELLED)
        return
    try:
        following.deletion(link)
    except DomainError as refusal:
        _ask(link, Kind.NOT_CANCELLED, why=refusal.code)


def _ask(link: Link, kind: Kind, **data: str) -> None:
    link.held = True
    link.save(update_fields=["held"])
    attention.ask(link.connection, kind, link=link, **data)

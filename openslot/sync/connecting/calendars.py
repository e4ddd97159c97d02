"""The calendars of an account, and which of them is written to or blocks hours."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from openslot.accounts.models import User
from openslot.availability import busy
from openslot.kernel import timerange
from openslot.kernel.errors import Invalid
from openslot.sync import attention, bell, errors
from openslot.sync.connecting import connect
from openslot.sync.google import places
from openslot.sync.google.client import Google
from openslot.sync.models import Connection, Kind, Link, LinkState, SyncedCalendar
from openslot.sync.outward import outbox

MEET = "hangoutsMeet"


def refresh(google: Google, connection: Connection) -> None:
    """Bring the list up to date. The first time the primary calendar is target and blocks."""
    listed = list(_listed(google))
    with transaction.atomic():
        known = {one.google_id: one for one in connection.calendars.all()}
        for entry in listed:
            _keep(connection, known.pop(str(entry["id"]), None), entry)
        for left in known.values():
            if left.listed:
                SyncedCalendar.objects.filter(pk=left.pk).update(listed=False)
                free(connection, left)
        _first_choice(connection)


def _listed(google: Google) -> Iterator[dict[str, Any]]:
    page = ""
    while True:
        answer = google.calendars(page=page)
        yield from (one for one in answer.get("items") or [] if one.get("id"))
        page = str(answer.get("nextPageToken") or "")
        if not page:
            return


def _keep(connection: Connection, known: SyncedCalendar | None, entry: dict[str, Any]) -> None:
    calendar = known or SyncedCalendar(connection=connection, google_id=str(entry["id"]))
    role = str(entry.get("accessRole") or "")
    offers = (entry.get("conferenceProperties") or {}).get("allowedConferenceSolutionTypes") or []
    calendar.name = str(entry.get("summaryOverride") or entry.get("summary") or "")[:1024]
    calendar.primary = bool(entry.get("primary"))
    calendar.owned = role == "owner"
    calendar.meets = MEET in offers
    calendar.listed = not entry.get("deleted")
    if not calendar.sync_token:
        calendar.zone_name = _zone(entry)
    calendar.save()


def _zone(entry: dict[str, Any]) -> str:
    name = str(entry.get("timeZone") or "UTC")
    return name if name in timerange.zone_names() else "UTC"


def _first_choice(connection: Connection) -> None:
    """After consent the primary calendar is both, until its owner chooses."""
    mine = connection.calendars.filter(listed=True)
    if connection.calendars.filter(is_target=True).exists():
        return
    first = mine.filter(primary=True).first() or mine.filter(owned=True).first()
    if first is None or not first.owned:
        return
    first.is_target = True
    first.blocks = _has_hours(connection) and not connection.calendars.filter(blocks=True).exists()
    first.save(update_fields=["is_target", "blocks"])


def _has_hours(connection: Connection) -> bool:
    return connection.user is not None and connection.user.is_provider


def choose(
    user: User,
    *,
    target: str | None = None,
    blocking: Collection[str] | None = None,
    meets: bool | None = None,
    cancels: bool | None = None,
    closes: bool | None = None,
) -> Connection:
    """Choose by Google's ids where events go, and which calendars block hours; None: as before.

    `meets`: video appointments get a Meet link; `cancels`: what is deleted there is cancelled
    unasked; `closes`: nobody books while calendars could not be read for a day. Events to come
    move to another target. Raises `NotConnected`, `Invalid` beside `target` or `blocking`.
    """
    wishes = {"meets": meets, "cancels": cancels, "closes": closes}
    connection = _chosen(user, target, blocking, wishes)
    bell.ring(connection.pk, urgent=True)
    return connection


@transaction.atomic
def _chosen(
    user: User,
    target: str | None,
    blocking: Collection[str] | None,
    wishes: dict[str, bool | None],
) -> Connection:
    connection = Connection.objects.select_for_update().live().filter(user=user).first()
    if connection is None:
        raise errors.NotConnected
    known = {one.google_id: one for one in connection.calendars.filter(listed=True)}
    if target is not None:
        _check_target(known, target)
    if blocking is not None:
        _check_blocking(connection, known, blocking)
    if target is not None:
        _retarget(connection, known[target])
    if blocking is not None:
        _block(connection, set(blocking))
    said = {name: value for name, value in wishes.items() if value is not None}
    for name, value in said.items():
        setattr(connection, name, value)
    connection.save(update_fields=said)
    return connection


def _check_target(known: dict[str, SyncedCalendar], target: str) -> None:
    if target not in known:
        raise Invalid(target=gettext("There is no such calendar."))
    if not known[target].owned:
        raise Invalid(target=gettext("Events go to a calendar that you own."))


def _check_blocking(
    connection: Connection, known: dict[str, SyncedCalendar], blocking: Collection[str]
) -> None:
    if not set(blocking) <= set(known):
        raise Invalid(blocking=gettext("There is no such calendar."))
    if blocking and not _has_hours(connection):
        raise Invalid(blocking=gettext("Only a provider has hours that a calendar could block."))
    foreign = [one for one in blocking if not known[one].owned]
    if foreign and places.FREE_BUSY not in connect.implied(connection.scopes):
        raise Invalid(
            blocking=gettext("Connect again first: Google has to let us see when you are busy.")
        )


def _retarget(connection: Connection, calendar: SyncedCalendar) -> None:
    if calendar.is_target:
        return
    connection.calendars.filter(is_target=True).update(is_target=False)
    connection.calendars.filter(pk=calendar.pk).update(is_target=True)
    moving = Link.objects.live().filter(connection=connection, gone_at__isnull=True)
    moving.to_come(timezone.now()).update(state=LinkState.LEAVING)
    outbox.note_everything(connection)
    attention.resolve(connection, kind=Kind.CALENDAR_GONE)


def _block(connection: Connection, ids: set[str]) -> None:
    for calendar in connection.calendars.all():
        blocks = calendar.google_id in ids
        if blocks == calendar.blocks:
            continue
        calendar.blocks, calendar.full_due_at = blocks, None
        calendar.save(update_fields=["blocks", "full_due_at"])
        if not blocks:
            free(connection, calendar)


def free(connection: Connection, calendar: SyncedCalendar) -> None:
    """Its events take no time any more."""
    if connection.user is not None and connection.user.is_provider:
        busy.forget(connection.user.provider, source=calendar.source)

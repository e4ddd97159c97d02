"""Whether zones have got other rules, and which appointments stand beside their clocks since.

Nothing is moved here: each instant stays, and its provider is told.
"""

from __future__ import annotations

import logging
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from openslot.accounts import locks
from openslot.accounts.models import Provider
from openslot.appointments import ledger
from openslot.appointments.clocks import rules
from openslot.appointments.models import Appointment, AppointmentQuerySet, ZoneRules
from openslot.kernel import events, timerange

log = logging.getLogger("openslot.clocks")

# So long after a change it is looked again: a process with the rules of before may still book.
AGAIN = timedelta(days=2)
BATCH = 500


def look() -> int:
    """Note which appointments to come were agreed by other clocks; of how many that is new.

    Safe to run twice, and in two processes at once.
    """
    now = timezone.now()
    _note_unknown(now)
    return sum(_look_at(row, now) for row in list(_changed(now)))


def _to_come(now: datetime) -> AppointmentQuerySet:
    return Appointment.objects.active().filter(end__gt=now, start__gt=now)


def _note_unknown(now: datetime) -> None:
    """What was written before clocks were noted, or by the release before: by today's rules."""
    unknown = _to_come(now).filter(agreed_offset=None).order_by()
    for provider in list(unknown.values_list("provider", flat=True).distinct()):
        while _note_some(unknown, provider):
            pass


@transaction.atomic
def _note_some(unknown: AppointmentQuerySet, provider: UUID) -> bool:
    locks.providers([provider])
    some = list(unknown.filter(provider=provider).select_related("provider", "series")[:BATCH])
    for each in some:
        ledger.agree(each)
    ledger.note_clocks(some)
    return len(some) == BATCH


def _changed(now: datetime) -> Iterator[ZoneRules]:
    """The zones in use whose rules are others than they were, or were so a short while ago."""
    used = _to_come(now).exclude(agreed_zone="").order_by()
    for name in sorted(used.values_list("agreed_zone", flat=True).distinct()):
        zone = timerange.known_zone(name)
        if zone is None:
            continue
        seen = rules.fingerprint(zone, year=now.year)
        row = ZoneRules.objects.filter(name=name).first() or ZoneRules(name=name)
        if row.fingerprint != seen:
            row.fingerprint, row.changed_at = seen, now
            row.save()
        if row.changed_at > now - AGAIN:
            yield row


def _look_at(row: ZoneRules, now: datetime) -> int:
    """Note what stands beside its clock in one zone, and tell the providers; how many are new."""
    there = _to_come(now).filter(agreed_zone=row.name).order_by()
    read = there.only("provider", *ledger.CLOCKS, "start")
    beside: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for each in read.iterator(chunk_size=2000):
        if by_the_clock(each) != each.clock_start:
            beside[each.provider_id].append(each.pk)
    return sum(_note(provider, pks, row) for provider, pks in sorted(beside.items()))


@transaction.atomic
def _note(provider: UUID, pks: Iterable[UUID], row: ZoneRules) -> int:
    owner = locks.providers([provider]).get(provider)
    found = list(Appointment.objects.active().filter(pk__in=pks, agreed_zone=row.name))
    for each in found:
        each.clock_start = by_the_clock(each)
    ledger.note_clocks(found)
    new = sum(each.clock_start is not None for each in found)
    if owner is not None and new:
        log.warning("zone=%s provider=%s appointments=%s stand beside", row.name, provider, new)
        _tell(owner, row)
    return new


def by_the_clock(appointment: Appointment) -> datetime | None:
    """When the clocks show what was agreed; None: at its start, or nobody knows."""
    zone = timerange.known_zone(appointment.agreed_zone)
    then = appointment.agreed_offset
    if zone is None or then is None or timerange.offset(appointment.start, zone) == then:
        return None
    shown = appointment.start + timedelta(minutes=then)
    at = timerange.instant(shown.date(), shown.time(), zone)
    return None if at == appointment.start else at


def _tell(provider: Provider, row: ZoneRules) -> None:
    """Once for each release of the rules."""
    if provider.user_id is not None:
        cause = uuid.uuid5(provider.pk, f"{row.name} {row.fingerprint}")
        events.announce("clocks.changed", user_id=str(provider.user_id), cause=str(cause))

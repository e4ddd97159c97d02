"""How much of a series is meant: this one, it and the following ones by their dates, or all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from openslot.appointments import errors, ledger
from openslot.appointments.ledger import Entry
from openslot.appointments.models import Appointment
from openslot.kernel.errors import Invalid

SCOPES = ("this", "following", "all")


def entries(entry: Entry, scope: str) -> list[Entry]:
    """The named one first, then its siblings in scope that have not ended, by start.

    *Following* goes by the dates of the rule, wherever they were moved. Behind the same locks: a
    series has one provider and one customer.
    """
    if scope not in SCOPES:
        raise Invalid(scope="This one (this), this and following (following), or all.")
    named = entry.appointment
    if scope == "this" or named.series_id is None:
        return [entry]
    found = Appointment.objects.active().filter(series=named.series_id, end__gt=entry.now)
    if scope == "following":
        found = found.filter(series_start__gte=named.series_start)
    siblings = found.exclude(pk=named.pk).with_people().by_start()
    return [entry, *(ledger.entry_of(each, like=entry) for each in siblings)]


def each(
    found: Sequence[Entry],
    check: Callable[[Entry], None],
    *,
    starts: Mapping[UUID, datetime] | None = None,
) -> None:
    """Check them all. One alone raises its own error, several `SeriesConflict` with all of them.

    The conflicts name the new starts where there are any.
    """
    if len(found) == 1:
        check(found[0])
        return
    conflicts = []
    for entry in found:
        try:
            check(entry)
        except errors.Refused as refusal:
            start = (starts or {}).get(entry.appointment.pk, entry.appointment.start)
            conflicts.append(errors.conflict(start, refusal))
    if conflicts:
        conflicts.sort(key=lambda conflict: str(conflict["start"]))
        raise errors.SeriesConflict(
            "Not every appointment of the series allows this.", conflicts=conflicts
        )

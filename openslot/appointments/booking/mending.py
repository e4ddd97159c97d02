"""What was marked because its prerequisite went: linked to one booked or moved there now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from openslot.appointments import ledger
from openslot.appointments.booking import prerequisites
from openslot.appointments.ledger import Entry
from openslot.appointments.models import Appointment


def relinked(instead: Sequence[tuple[Appointment, Appointment]], *, like: Entry) -> list[Entry]:
    """Entries of those that depend on another appointment from now on, where they belong."""
    entries = []
    for dependent, first in instead:
        entry = ledger.entry_of(dependent, like=like)
        entry.require("relink")
        dependent.depends_on, dependent.needs_attention = first, False
        entries.append(entry)
    return entries


def mended(entries: Sequence[Entry], *, but: Collection[UUID] = ()) -> list[Entry]:
    """Entries of marked dependents for which one of these, booked or moved just now, fits.

    One query. `but` are appointments that the act changes already.
    """
    placed = [entry.appointment for entry in entries]
    marked_before = (
        Appointment.objects.active()
        .filter(
            customer__in={each.customer_id for each in placed},
            service__requires__in={each.service_id for each in placed},
            needs_attention=True,
        )
        .exclude(pk__in=[*but, *(each.pk for each in placed)])
    )
    # One whose time is not its customer's own was marked for that (joining.py).
    waiting = [
        each
        for each in marked_before.with_people().by_start()
        if each.attendee_id == each.customer.user_id
    ]
    return relinked(fitting(waiting, placed), like=entries[0])


def fitting(
    dependents: Sequence[Appointment], placed: Sequence[Appointment]
) -> list[tuple[Appointment, Appointment]]:
    """Those of the dependents that fit one of these, with the latest that fits."""
    found = []
    for each in dependents:
        mine = [
            one
            for one in placed
            if (one.customer_id, one.service_id) == (each.customer_id, each.service.requires_id)
        ]
        first = prerequisites.latest(mine, each.service, each.start)
        if first is not None:
            found.append((each, first))
    return found

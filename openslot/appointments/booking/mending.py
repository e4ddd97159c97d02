"""What was marked because its prerequisite went: linked to one booked or rescheduled now."""

from __future__ import annotations

from collections.abc import Sequence

from openslot.appointments import changes
from openslot.appointments.booking import prerequisites
from openslot.appointments.entries import Entry
from openslot.appointments.models import Appointment


def mended(entries: Sequence[Entry]) -> list[Entry]:
    """Entries of marked dependents for which one of these, booked just now, fits. One query."""
    booked = [entry.appointment for entry in entries]
    mended_now = []
    for appointment in waiting(booked):
        first = prerequisites.first_of(appointment, booked)
        if first is not None:
            entry = entries[0].beside(appointment)
            changes.relink(entry, first)
            mended_now.append(entry)
    return mended_now


def waiting(firsts: Sequence[Appointment]) -> list[Appointment]:
    """The marked appointments of the same customers that need one like these first. One query."""
    marked = (
        Appointment.objects.active()
        .filter(
            customer__in={each.customer_id for each in firsts},
            service__requires__in={each.service_id for each in firsts},
            needs_attention=True,
        )
        .exclude(pk__in=[each.pk for each in firsts])
    )
    return list(marked.with_people().by_start())

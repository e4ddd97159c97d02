"""An appointment as a plain dict: what the API answers about one, and what webhooks are sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from openslot.accounts.models import Person
from openslot.appointments import moves
from openslot.appointments.models import Appointment
from openslot.catalog import pricing
from openslot.kernel import timerange


def plain(appointment: Appointment, *, to: Person, now: datetime) -> dict[str, Any]:
    """As that person may see it: `allowed_actions` are theirs, at `now`."""
    provider, service, series = appointment.provider, appointment.service, appointment.series_id
    instant, before = timerange.written, appointment.depends_on_id
    return {
        "id": str(appointment.pk),
        "provider": {
            "id": str(provider.pk),
            "slug": provider.slug,
            "name": provider.name,
            "timezone": provider.timezone,
        },
        "customer": {"id": str(appointment.customer_id), "name": appointment.customer_name},
        "service": {"id": str(service.pk), "name": service.name},
        "start": instant(appointment.start),
        "end": instant(appointment.end),
        "status": str(appointment.status),
        "price": pricing.plain(appointment.price),
        "location": place(appointment),
        "notes": appointment.notes,
        "answers": appointment.answers,
        "instructions": service.instructions,
        "series": None if series is None else str(series),
        "depends_on": None if before is None else str(before),
        "proposed": proposed(appointment),
        "needs_attention": appointment.needs_attention,
        "version": appointment.version,
        "created_at": instant(appointment.created_at),
        "updated_at": instant(appointment.updated_at),
        "allowed_actions": moves.open_to(appointment, to, now=now),
    }


def place(appointment: Appointment) -> dict[str, str]:
    """Where it takes place, as it is said and read."""
    return {"kind": appointment.location_kind, "text": appointment.location_text}


def proposed(appointment: Appointment) -> dict[str, str] | None:
    """The new time that one side proposes to the other."""
    span = appointment.proposed
    if span is None:
        return None
    start, end = timerange.written(span.start), timerange.written(span.end)
    return {"start": start, "end": end, "by": str(appointment.proposed_by)}

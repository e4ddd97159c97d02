"""The two sides of an appointment, as they look at one another."""

from __future__ import annotations

from openslot.accounts.models import Person
from openslot.appointments.models import Appointment, Role


def other_name(appointment: Appointment, *, role: str | None) -> str:
    """What somebody with that part calls the other side; who has none is told of the provider."""
    return appointment.customer_name if role == Role.PROVIDER else appointment.provider.name


def other_name_for(appointment: Appointment, user: Person) -> str:
    """What this person calls the other side."""
    return other_name(appointment, role=appointment.role_of(user))

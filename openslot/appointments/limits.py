"""How much a provider wants: open requests of one customer (a day's appointments: slots.py)."""

from __future__ import annotations

from openslot.accounts.models import Customer
from openslot.appointments import errors
from openslot.appointments.models import Appointment


def check_requests(customer: Customer) -> None:
    """Whether the customer may ask for one more. Raises `LimitReached`."""
    limit = customer.provider.pending_limit
    if limit is None or customer._state.adding:
        return
    if Appointment.objects.pending().filter(customer=customer).count() >= limit:
        raise errors.LimitReached(
            f"You have {limit} open requests here already. Wait for an answer or cancel one."
        )

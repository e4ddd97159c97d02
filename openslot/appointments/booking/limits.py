"""How much a provider wants: open requests of one customer (a day's appointments: slots.py)."""

from __future__ import annotations

from django.db.models.functions import Coalesce

from openslot.accounts.models import Customer
from openslot.appointments import errors
from openslot.appointments.models import Appointment


def check_requests(customer: Customer, *, asking: int = 1) -> None:
    """Whether the customer may ask for so many more; a series is one request.

    Raises `LimitReached`.
    """
    limit = customer.provider.pending_limit
    if limit is None:
        return
    pending = 0
    if not customer._state.adding:
        asked = Appointment.objects.pending().filter(customer=customer).order_by()
        pending = asked.values(request=Coalesce("series_id", "id")).distinct().count()
    if pending + asking > limit:
        raise errors.LimitReached(
            f"No more than {limit} open requests are taken here. Wait for an answer or cancel one."
        )

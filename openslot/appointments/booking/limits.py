"""How much a provider wants: open requests of one customer (a day's appointments: free/grid.py)."""

from __future__ import annotations

from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from openslot.accounts.models import Customer
from openslot.appointments import errors
from openslot.appointments.models import Appointment


def refusal(customer: Customer, *, asking: int = 1) -> errors.LimitReached | None:
    """What keeps the customer from asking for so many more; a series is one request."""
    limit = customer.provider.pending_limit
    if limit is None or _pending(customer) + asking <= limit:
        return None
    return errors.LimitReached(
        gettext(
            "No more than {limit} open requests are taken here. Wait for an answer or cancel one."
        ).format(limit=limit)
    )


def _pending(customer: Customer) -> int:
    if customer._state.adding:
        return 0
    asked = Appointment.objects.pending().filter(customer=customer).order_by()
    return asked.values(request=Coalesce("series_id", "id")).distinct().count()

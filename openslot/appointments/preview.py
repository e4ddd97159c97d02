"""What a booking would get, without making it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from moneyed import Money

from openslot.accounts.models import User
from openslot.appointments import customers, errors, lifecycle
from openslot.catalog import pricing
from openslot.catalog.models import Service


class Occurrence(NamedTuple):
    """One appointment that would be made, or the code of what stands against it."""

    service: Service
    start: datetime
    end: datetime
    reason: str | None

    @property
    def free(self) -> bool:
        return self.reason is None


class Preview(NamedTuple):
    occurrences: list[Occurrence]
    total_price: Money


def booking(
    service_id: UUID,
    *,
    by: User,
    start: datetime,
    notes: str = "",
    customer: UUID | customers.Guest | None = None,
) -> Preview:
    """What `lifecycle.book` would do with the same arguments.

    The booking itself is made and taken back: no second set of rules that could say otherwise.
    Raises what it raises, except refusals, whose code is the occurrence's reason.
    """
    reason = None
    try:
        with transaction.atomic():
            lifecycle.book(service_id, by=by, start=start, notes=notes, customer=customer)
            transaction.set_rollback(True)
    except errors.Refused as refusal:
        reason = refusal.code
    service = Service.objects.select_related("provider").get(pk=service_id)
    price = pricing.price(service)
    return Preview(
        [Occurrence(service, start, start + service.duration, reason)],
        price if reason is None else Money(0, price.currency),
    )

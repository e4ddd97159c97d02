"""One appointment: asked for by a customer, or booked by a provider for somebody."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from openslot.accounts.models import User
from openslot.appointments import ledger
from openslot.appointments.booking import drafting, limits, mending, prerequisites, whom
from openslot.appointments.entries import Entry
from openslot.appointments.free import slots
from openslot.appointments.models import Appointment, Role, Way
from openslot.kernel import timerange


@transaction.atomic
def book(
    service_id: UUID,
    *,
    by: User,
    start: datetime,
    notes: str = "",
    customer: UUID | whom.Guest | None = None,
    depends_on: UUID | None = None,
    via: Way = Way.UNKNOWN,
) -> Appointment:
    """Hold the time and ask the provider, or confirm at once where the provider wants that.

    With `customer` the provider books for somebody, confirmed at once and bound by overlaps
    only. Without `depends_on` it depends on the customer's latest prerequisite that fits. Raises
    `Invalid` for an unknown service, customer or prerequisite, `SlotTaken`, `SlotUnavailable`,
    `PrerequisiteMissing`, `CustomerBusy`, `LimitReached`, and `NotAllowed` where the provider
    blocks the customer.
    """
    start = timerange.bounded(start, field="start")
    request = drafting.opened(service_id, by=by, customer=customer)
    entry = prepared(request, start, notes=notes, depends_on=depends_on)
    whom.keep(request.customer)
    ledger.written([entry, *mending.mended([entry])], by=by, via=via)
    return entry.appointment


def prepared(
    request: drafting.Request,
    start: datetime,
    *,
    notes: str = "",
    depends_on: UUID | None = None,
    asking: int = 1,
) -> Entry:
    """A checked, unwritten booking, one of so many requests that are asked for together."""
    service, role = request.service, request.role
    earlier = prerequisites.earlier(service, request.customer, role=role, named=depends_on)
    if role == Role.CUSTOMER:
        slots.check(service, start=start, now=request.now)
        missing = earlier.refusal(request.place(start))
        if missing is not None:
            raise missing
        limits.check_requests(request.customer, asking=asking)
    entry = drafting.drafted(request, start, notes=notes, depends_on=earlier.before(start))
    entry.appointment.needs_attention = earlier.broken(start)
    return entry

"""One appointment: asked for by a customer, or booked by a provider for somebody."""

from __future__ import annotations

from openslot.appointments import errors
from openslot.appointments.booking import drafting, limits, prerequisites
from openslot.appointments.booking.asking import Request
from openslot.appointments.booking.plan import Date, Plan
from openslot.appointments.free import fitting, placing
from openslot.appointments.models import Role


def planned(request: Request, opened: drafting.Opened, *, asking: int = 1) -> Plan:
    """The plan of a single date, one of so many requests that are asked for together.

    Raises `Invalid` beside `depends_on`. Overlaps that no check has seen are the database's to
    refuse, when it is written.
    """
    service, role = opened.service, opened.role
    earlier = prerequisites.earlier(service, opened.customer, role=role, named=request.depends_on)
    place = opened.place(request.start)
    refusal: errors.Refused | None = None
    claimed = False
    if role == Role.CUSTOMER:
        [prospect] = placing.prospects(
            [place], now=opened.now, locked=opened.locked, claim=opened.claim
        )
        claimed = prospect.claimed
        refusal = prospect.refusal() or earlier.refusal(place)
        refusal = refusal or limits.refusal(opened.customer, asking=asking)
    else:
        [placed] = fitting.placed([place], side=opened.side)
        refusal = placed.refusal
    start = request.start if refusal is None else None
    dates = [Date(place, start, refusal)]
    return Plan(opened, earlier, dates, request.notes, claimed=claimed)

"""One appointment: asked for by a customer, or booked by a provider for somebody."""

from __future__ import annotations

from dataclasses import replace

from openslot.appointments.booking import drafting, limits, prerequisites
from openslot.appointments.booking.asking import Request
from openslot.appointments.booking.plan import Date, Plan
from openslot.appointments.free import fitting, placing
from openslot.appointments.free.placing import Prospect
from openslot.appointments.models import Role


def planned(request: Request, opened: drafting.Opened, *, asking: int = 1) -> Plan:
    """The plan of a single date, one of so many requests that are asked for together.

    Raises `Invalid` beside `depends_on`. Overlaps that no check has seen are the database's to
    refuse, when it is written.
    """
    service, role = opened.service, opened.role
    earlier = prerequisites.earlier(service, opened.customer, role=role, named=request.depends_on)
    place = opened.place(request.start)
    prospect: Prospect | None = None
    if role == Role.CUSTOMER:
        [prospect] = placing.prospects(
            [place], now=opened.now, as_read=True, narrow=True, claim=opened.claim
        )
        refusal = prospect.refusal() or earlier.refusal(place)
        refusal = refusal or limits.refusal(opened.customer, asking=asking)
    else:
        [placed] = fitting.placed([place], side=opened.side)
        refusal = placed.refusal
    claimed = prospect is not None and prospect.claimed
    start = request.start if refusal is None else None
    dates = [Date(place, start, refusal)]
    return Plan(opened, earlier, dates, request.notes, claimed=claimed, prospect=prospect)


def refused_before(plan: Plan) -> bool:
    """Whether it was refused for what stood at one moment: nobody need queue to hear that."""
    prospect = plan.prospect
    return prospect is not None and prospect.settled and prospect.refusal() is not None


def still(plan: Plan, opened: drafting.Opened) -> Plan:
    """What could be had then, by the clock of now; all else is as it was."""
    [date], prospect = plan.dates, plan.prospect
    if prospect is None:
        return replace(plan, opened=opened)
    prospect = prospect._replace(now=opened.now)
    refusal = prospect.refusal()
    date = date._replace(start=None if refusal else date.start, refusal=refusal)
    return replace(plan, opened=opened, dates=[date], claimed=prospect.claimed, prospect=prospect)

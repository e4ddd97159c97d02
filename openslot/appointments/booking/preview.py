"""What a booking would get, without making it."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from moneyed import Money

from openslot.accounts.models import User
from openslot.appointments import errors
from openslot.appointments.booking import courses, series, single, whom
from openslot.appointments.booking.series import Plan
from openslot.appointments.models import Appointment
from openslot.catalog import pricing
from openslot.catalog.models import Service
from openslot.kernel.errors import Invalid


class Occurrence(NamedTuple):
    """One appointment that would be made, or the code of what stands against it.

    `shifted_from` is the start by the rule where it would be made at another one, `refusal` what
    stands against the start that was asked for.
    """

    service: Service
    start: datetime
    end: datetime
    reason: str | None
    shifted_from: datetime | None = None
    refusal: errors.Refused | None = None

    @property
    def free(self) -> bool:
        return self.reason is None


class Missing(NamedTuple):
    """The service of a course that finds no date, and the days on which it was looked for."""

    service: Service
    first_day: date
    last_day: date


class Preview(NamedTuple):
    """All that would be made or not, by start, and what the free ones cost together."""

    occurrences: list[Occurrence]
    total_price: Money
    missing: Missing | None = None


def booking(
    service_id: UUID,
    *,
    by: User,
    start: datetime,
    notes: str = "",
    customer: UUID | whom.Guest | None = None,
    depends_on: UUID | None = None,
    follow_ups: bool = False,
    recurrence: str = "",
    on_conflict: str = "fail",
) -> Preview:
    """What `single.book`, `series.book` or `courses.book` would do with the same arguments.

    A single booking is made and taken back, a series is planned as it would be booked: no second
    set of rules that could say otherwise. Raises what they raise, except refusals, whose code is
    the occurrence's reason.
    """
    if recurrence:
        if follow_ups:
            raise Invalid(follow_ups="A series is booked without follow-ups.")
        plan = series.planned(
            service_id,
            by=by,
            start=start,
            recurrence=recurrence,
            on_conflict=on_conflict,
            customer=customer,
            depends_on=depends_on,
        )
        return of_plan(plan)
    refused, made = None, list[Appointment]()
    try:
        with transaction.atomic():
            make = partial(
                courses.book if follow_ups else _alone,
                service_id,
                by=by,
                start=start,
                notes=notes,
                customer=customer,
                depends_on=depends_on,
            )
            first, others = make()
            made = [first, *others]
            transaction.set_rollback(True)
    except errors.Refused as refusal:
        refused = refusal
    if made:
        found = [Occurrence(each.service, each.start, each.end, None) for each in made]
        return Preview(found, sum([each.price for each in made[1:]], made[0].price))
    service = Service.objects.select_related("provider").get(pk=service_id)
    nothing = Money(0, pricing.price(service).currency)
    reason, end = refused.code if refused else None, start + service.duration
    alone = Occurrence(service, start, end, reason, refusal=refused)
    return Preview([alone], nothing, _missing(refused))


def _missing(refusal: errors.Refused | None) -> Missing | None:
    if not isinstance(refusal, errors.NoDateFits):
        return None
    service = Service.objects.select_related("provider", "requires").get(
        pk=refusal.extra["service"]
    )
    return Missing(service, refusal.extra["first_day"], refusal.extra["last_day"])


def _alone(service_id: UUID, **asked: Any) -> tuple[Appointment, list[Appointment]]:
    return single.book(service_id, **asked), []


def of_plan(plan: Plan) -> Preview:
    """A series, or its extension, as it would be booked."""
    limit = plan.limit.code if plan.limit else None
    found = []
    for each in plan.placed:
        start = each.start or each.wanted.start
        code = each.refusal.code if each.refusal and each.start is None else None
        shifted = each.wanted.start if each.start not in {None, each.wanted.start} else None
        service = each.wanted.service
        end, reason = start + each.wanted.length, code or limit
        found.append(Occurrence(service, start, end, reason, shifted, each.refusal or plan.limit))
    return Preview(found, plan.total_price)

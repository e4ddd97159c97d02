"""What a booking would get, without making it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from moneyed import Money

from openslot.accounts.models import User
from openslot.appointments import errors
from openslot.appointments.booking import making, series
from openslot.appointments.booking.asking import Caller, Extension, Request
from openslot.appointments.booking.plan import Date, Missing, Plan
from openslot.catalog.models import Service


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


class Preview(NamedTuple):
    """All that would be made or not, by start, and what the free ones cost together."""

    occurrences: list[Occurrence]
    total_price: Money
    missing: Missing | None = None


def preview(request: Request, *, by: Caller) -> Preview:
    """What `making.book` would do with the same request: no second set of rules that could differ.

    Raises what it raises, except refusals, whose code is the occurrence's reason.
    """
    if request.recurrence:  # its plan knows of all overlaps already
        return _shown(making.planned(request, by=by))
    with transaction.atomic():
        plan = making.tried(request, by=by)
        transaction.set_rollback(True)
    return _shown(plan)


def extension(asked: Extension, *, by: User) -> Preview:
    """What `making.extend` would do with the same."""
    return _shown(series.going_on(asked, series.visible(asked.series, by=by), by=by))


def _shown(plan: Plan) -> Preview:
    occurrences = [_occurrence(each, plan) for each in plan.dates]
    if plan.rule is None:
        occurrences.sort(key=lambda each: each.start)
    return Preview(occurrences, plan.total_price, plan.missing)


def _occurrence(each: Date, plan: Plan) -> Occurrence:
    start, wanted = each.start or each.wanted.start, each.wanted
    code = each.refusal.code if each.refusal and each.start is None else None
    return Occurrence(
        wanted.service,
        start,
        start + wanted.length,
        code or (plan.refusal.code if plan.refusal else None),
        wanted.start if start != wanted.start else None,
        each.refusal or plan.refusal,
    )

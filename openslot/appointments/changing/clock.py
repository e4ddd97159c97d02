"""What happens by itself: requests and proposals expire, appointments complete.

Each in a transaction of its own, behind the same locks as people's moves; safe to run twice and
in two workers at once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, QuerySet, Value
from django.utils import timezone

from openslot.appointments import changes, entries, ledger
from openslot.appointments.changing import settling
from openslot.appointments.changing.planning import Fate, Intent, Wish
from openslot.appointments.entries import Entry
from openslot.appointments.models import Appointment, Status, Way
from openslot.kernel.errors import NotFound


def expire_requests() -> int:
    """End the requests whose answer is overdue; how many."""
    due = Appointment.objects.pending().filter(expires_at__lte=timezone.now())
    return _each(due.order_by("expires_at"), _expire_request)


def expire_proposals() -> int:
    """Drop the proposed times that nobody answered; how many."""
    due = Appointment.objects.filter(proposal_expires_at__lte=timezone.now())
    return _each(due.order_by("proposal_expires_at"), _expire_proposal)


def complete_ended() -> int:
    """Complete what ended longer ago than its provider's `complete_after_hours`; how many."""
    wait = ExpressionWrapper(
        F("provider__complete_after_hours") * Value(timedelta(hours=1)),
        output_field=DurationField(),
    )
    due = Appointment.objects.filter(
        status=Status.CONFIRMED, end__lte=timezone.now() - wait
    ).filter(end__lte=timezone.now())
    return _each(due.order_by("end"), _complete)


def _each(due: QuerySet[Appointment], act: Callable[[UUID], bool]) -> int:
    return sum(act(pk) for pk in list(due.values_list("pk", flat=True)))


@transaction.atomic
def _expire_request(appointment_id: UUID) -> bool:
    entry = _opened(appointment_id)
    appointment = entry.appointment if entry else None
    if (
        entry is None
        or appointment is None
        or appointment.status != Status.PENDING
        or appointment.expires_at is None
        or appointment.expires_at > entry.now
    ):
        return False
    wishes = [Wish(entry, Fate.ENDS)]
    intent = Intent("expire", [entry], wishes, "keep", ends_as=Status.EXPIRED)
    settling.settle(intent, by=None, via=Way.CLOCK)
    return True


@transaction.atomic
def _expire_proposal(appointment_id: UUID) -> bool:
    entry = _opened(appointment_id)
    due = entry.appointment.proposal_expires_at if entry else None
    if entry is None or due is None or due > entry.now:
        return False
    entry.require("expire_proposal")
    changes.drop_proposal(entry.appointment)
    ledger.written([entry], by=None, via=Way.CLOCK)
    return True


@transaction.atomic
def _complete(appointment_id: UUID) -> bool:
    entry = _opened(appointment_id)
    if entry is None or entry.appointment.status != Status.CONFIRMED:
        return False
    wait = timedelta(hours=entry.appointment.provider.complete_after_hours)
    if entry.appointment.end + wait > entry.now:
        return False
    entry.require("complete")
    changes.end(entry, Status.COMPLETED)
    ledger.written([entry], by=None, via=Way.CLOCK)
    return True


def _opened(appointment_id: UUID) -> Entry | None:
    try:
        return entries.opened(appointment_id, by=None)
    except NotFound:  # erased since it was listed
        return None

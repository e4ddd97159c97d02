"""The operators' figures: what waits, what failed, how calendars stand. Of nobody in particular."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from procrastinate.contrib.django.models import (
    ProcrastinateEvent,
    ProcrastinateJob,
    ProcrastinateWorker,
)

from openslot.accounts.models import Listing, Provider, Report
from openslot.notifications.models import UNSENT, Channel, Delivery, Reminder
from openslot.sync.models import Change, Connection, State
from openslot.webhooks.models import Message, Webhook

ALIVE = timedelta(seconds=30)  # a worker says so every ten; Procrastinate gives up after thirty
SENT_OUT = (Channel.EMAIL, Channel.SMS)  # by others, so it may take a while, or fail
WATCHED = ("todo", "doing", "failed")  # jobs that succeeded are deleted
QUEUES = (
    "default",
    "google",
    "mail",
    "webhooks",
)  # named though nothing is in them, so that a graph has a 0


class Figures(NamedTuple):
    """How the installation stands at one moment. Ages are in seconds, 0 where nothing waits."""

    workers: int
    jobs: dict[tuple[str, str], int]  # by queue and status
    oldest_job: dict[str, float]  # how long the first that is due has waited, by queue
    mails: dict[str, int]  # by state, of those that did not get through
    texts: dict[str, int]  # text messages, the same
    late_reminders: int
    calendars: dict[str, int]  # by state
    waiting_changes: int
    oldest_change: float
    webhooks: dict[str, int]  # by how they stand: answering, failing, switched off by itself
    waiting_messages: int  # to webhooks
    for_operators: dict[str, int]  # what waits for an operator: approvals, reports


def figures(*, now: datetime) -> Figures:
    """Eleven statements, however much there is.

    What waits because an account is suspended is nothing to look at, and not counted.
    """
    followed = Connection.objects.live().exclude(user__is_active=False)
    changes = Change.objects.filter(done_at=None, connection__in=followed)
    unsent = _unsent()
    waiting = changes.filter(backlog=False).aggregate(count=Count("pk"), first=Min("created_at"))
    return Figures(
        workers=workers(now=now),
        jobs=_jobs(),
        oldest_job=_oldest_job(now),
        mails=unsent[Channel.EMAIL],
        texts=unsent[Channel.SMS],
        late_reminders=Reminder.objects.filter(sent_at=None, due_at__lte=now).count(),
        calendars=_calendars(),
        waiting_changes=waiting["count"],
        oldest_change=_age(waiting["first"], now),
        webhooks=_webhooks(),
        waiting_messages=Message.objects.waiting()
        .filter(webhook__provider__user__is_active=True)
        .count(),
        for_operators={
            "approval": Provider.objects.filter(
                listing=Listing.WAITING, user__is_active=True
            ).count(),
            "report": Report.objects.filter(settled_at=None).count(),
        },
    )


def workers(*, now: datetime) -> int:
    """How many lanes of workers are alive."""
    return ProcrastinateWorker.objects.filter(last_heartbeat__gt=now - ALIVE).count()


def _jobs() -> dict[tuple[str, str], int]:
    jobs = ProcrastinateJob.objects.filter(status__in=WATCHED)
    found = jobs.values_list("queue_name", "status").annotate(count=Count("pk")).order_by()
    none = {(queue, status): 0 for queue in QUEUES for status in WATCHED}
    return none | {(queue, status): count for queue, status, count in found}


def _oldest_job(now: datetime) -> dict[str, float]:
    """A job without a time is due from when it was handed over."""
    handed = ProcrastinateEvent.objects.filter(job=OuterRef("pk"), type="deferred").order_by("pk")
    jobs = ProcrastinateJob.objects.filter(status="todo")
    due = jobs.annotate(due=Coalesce("scheduled_at", Subquery(handed.values("at")[:1])))
    first = due.filter(due__lte=now).values_list("queue_name").annotate(Min("due")).order_by()
    return dict.fromkeys(QUEUES, 0.0) | {queue: _age(at, now) for queue, at in first}


def _unsent() -> dict[str, dict[str, int]]:
    """By channel and state. Those that were sent are too many, and nothing is to be done."""
    none = {str(state): 0 for state in UNSENT}
    there: dict[str, dict[str, int]] = {channel: dict(none) for channel in SENT_OUT}
    unsent = Delivery.objects.filter(channel__in=SENT_OUT, state__in=UNSENT)
    found = unsent.values_list("channel", "state").annotate(count=Count("pk")).order_by()
    for channel, state, count in found:
        there[channel][state] = count
    return there


def _calendars() -> dict[str, int]:
    live = Connection.objects.live()
    found = live.values_list("state").annotate(count=Count("pk")).order_by()
    known = [state for state in State if state != State.DISCONNECTED]
    return {str(state): 0 for state in known} | {str(state): count for state, count in found}


def _webhooks() -> dict[str, int]:
    """Those that their provider switched off are not counted."""
    return Webhook.objects.aggregate(
        answering=Count("pk", filter=Q(active=True, failing_since=None)),
        failing=Count("pk", filter=Q(active=True, failing_since__isnull=False)),
        off=Count("pk", filter=~Q(off="")),
    )


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0

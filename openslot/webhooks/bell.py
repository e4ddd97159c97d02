"""Waking the one job that delivers what waits for a webhook. Jobs carry its id and nothing else."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

DELIVER = "openslot.webhooks.tasks.deliver"
WAKE = "openslot.webhooks.tasks.wake"
QUEUE = "webhooks"
BEHIND = -1  # of those that fail: whoever answers does not wait for whoever does not


def ring(webhook_id: UUID, *, failing: bool = False, asked: bool = False) -> bool:
    """Have the worker deliver what is due; False where a job for that waits already.

    Call it once what the job shall see is committed. Where somebody `asked`, in a transaction that
    may be open for a while, there is a job whatever waits.
    """
    lock = f"webhook:{webhook_id}"
    job = app.configure_task(
        DELIVER,
        lock=lock,
        queueing_lock=None if asked else lock,
        priority=BEHIND if failing else 0,
    )
    try:
        with transaction.atomic():
            job.defer(webhook_id=str(webhook_id))
    except AlreadyEnqueued:
        return False
    return True


def wake(webhook_id: UUID, *, at: datetime) -> None:
    """The same later. It holds no lock meanwhile: what comes before that is done before."""
    app.configure_task(WAKE, schedule_at=at).defer(webhook_id=str(webhook_id))

"""Waking the one job that keeps a connection in step. Jobs carry its id and nothing else."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

KEEP = "openslot.sync.tasks.keep_in_step"
WAKE = "openslot.sync.tasks.wake"
LEAVE = "openslot.sync.tasks.leave"
QUEUE = "google"
URGENT = 10


def ring(connection_id: int, *, urgent: bool = False) -> bool:
    """Have the worker bring a connection in step; False where a job for that waits already.

    Call it once what the job shall see is committed: a job that waits begins after that. In a
    savepoint, for a job that waits already would spoil the transaction.
    """
    lock = f"gcal:{connection_id}"
    kind = "urgent" if urgent else "step"
    job = app.configure_task(
        KEEP, lock=lock, queueing_lock=f"{lock}:{kind}", priority=URGENT if urgent else 0
    )
    try:
        with transaction.atomic():
            job.defer(connection_id=connection_id, urgent=urgent)
    except AlreadyEnqueued:
        return False
    return True


def wake(connection_id: int, *, at: datetime) -> None:
    """The same later. It holds no lock meanwhile: what comes before that is done before."""
    app.configure_task(WAKE, schedule_at=at).defer(connection_id=connection_id)


def leave(connection_id: int) -> None:
    """Have the worker tidy up behind a connection that was given up."""
    lock = f"gcal:{connection_id}"
    app.configure_task(LEAVE, lock=lock, priority=URGENT).defer(connection_id=connection_id)


def go_on(connection_id: int, *, at: datetime) -> None:
    """The same for the rest of a backlog: however often it is said, once."""
    job = app.configure_task(WAKE, schedule_at=at, queueing_lock=f"gcal:{connection_id}:backlog")
    with suppress(AlreadyEnqueued), transaction.atomic():
        job.defer(connection_id=connection_id)

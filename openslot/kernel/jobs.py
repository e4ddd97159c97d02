"""What keeps the job table and the kernel's own in order, whatever the jobs are for."""

from __future__ import annotations

from django.db import connection
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from psycopg.errors import RaiseException

from openslot.kernel.keeping import counters, idempotency, retention

# What only reads and writes the database fails for a moment (it was away) or for good.
SOON = RetryStrategy(max_attempts=5, exponential_wait=4)
KEPT = 30 * 24  # hours for which failed jobs can be looked at; those that succeeded go at once


@app.periodic(cron="* * * * *")
@app.task(name="openslot.kernel.jobs.rescue", queueing_lock="jobs.rescue", priority=1)
async def rescue(timestamp: int) -> None:  # noqa: ARG001  Procrastinate passes it
    """Every minute: give the jobs of workers that died to others; what comes anyway is dropped."""
    for job in await app.job_manager.get_stalled_jobs():
        try:
            await _give_back(job)
        except ConnectorException as error:
            # Ended meanwhile, by a worker that was slow and not dead, or given back already.
            if not isinstance(error.__cause__, RaiseException):
                raise


async def _give_back(job: Job) -> None:
    if job.queueing_lock:
        await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)
    else:
        await app.job_manager.retry_job(job)


@app.periodic(cron="17 * * * *")
@app.task(name="openslot.kernel.jobs.forget_answers", queueing_lock="jobs.forget_answers")
def forget_answers(timestamp: int) -> None:  # noqa: ARG001  Procrastinate passes it
    """Every hour: drop the answers that were kept for a day."""
    idempotency.forget()


@app.periodic(cron="17 3 * * *")
@app.task(name="openslot.kernel.jobs.tidy", queueing_lock="jobs.tidy")
async def tidy(timestamp: int) -> None:  # noqa: ARG001  Procrastinate passes it
    """Every night: forget what ended long ago."""
    await app.job_manager.delete_old_jobs(
        nb_hours=KEPT, include_failed=True, include_cancelled=True, include_aborted=True
    )


@app.periodic(cron="*/5 * * * *")
@app.task(name="openslot.kernel.jobs.forget_made_good", queueing_lock="jobs.forget_made_good")
def forget_made_good(timestamp: int) -> None:  # noqa: ARG001  Procrastinate passes it
    """Every five minutes: what the clock brings again is no failure once a later one is done.

    Jobs that succeed are deleted, so the last that was brought has none any more.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs failed USING procrastinate_periodic_defers last"
            " WHERE failed.status = 'failed' AND failed.task_name = last.task_name"
            " AND last.job_id IS NULL"
            " AND (failed.args ->> 'timestamp')::bigint < last.defer_timestamp"
        )


@app.periodic(cron="*/10 * * * *")
@app.task(name="openslot.kernel.jobs.forget_counts", queueing_lock="jobs.forget_counts")
def forget_counts(timestamp: int) -> None:  # noqa: ARG001  Procrastinate passes it
    """Every ten minutes: drop what counted towards a limit that is over."""
    counters.purge()


@app.periodic(cron="37 * * * *")
@app.task(name="openslot.kernel.jobs.forget", queueing_lock="jobs.forget")
def forget(timestamp: int) -> None:  # noqa: ARG001  Procrastinate passes it
    """Every hour: delete what has been kept for as long as it is."""
    retention.forget(now=timezone.now())

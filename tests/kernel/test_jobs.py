"""The job table stays in order by itself."""

from __future__ import annotations

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Status

from openslot.kernel import jobs
from tests.kernel.past import ended

pytestmark = pytest.mark.django_db


def test_jobs_that_failed_can_be_looked_at_for_thirty_days():
    young, old = ended("failed", days=29), ended("failed", days=31)
    also_old = ended("succeeded", days=31)
    async_to_sync(jobs.tidy.func)(timestamp=0)
    left = set(ProcrastinateJob.objects.values_list("pk", flat=True))
    assert young in left
    assert not {old, also_old} & left


@pytest.fixture
def left_behind(transactional_db):
    """Take up a job as a worker that died an hour ago."""

    def take():
        pk = jobs.tidy.defer(timestamp=0)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO procrastinate_workers (last_heartbeat)"
                " VALUES (now() - interval '1 hour') RETURNING id"
            )
            (worker,) = cursor.fetchone()
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s, queueing_lock = NULL"
                " WHERE id = %s",
                [worker, pk],
            )
        return pk

    return take


def status(pk):
    return ProcrastinateJob.objects.values_list("status", flat=True).get(pk=pk)


def test_jobs_of_a_worker_that_died_go_to_others(left_behind):
    first, second = left_behind(), left_behind()
    async_to_sync(jobs.rescue.func)(timestamp=0)
    assert status(first) == status(second) == "todo"


def test_a_job_that_ended_meanwhile_keeps_no_other_from_being_done_again(left_behind, monkeypatch):
    first, second = left_behind(), left_behind()
    listed = app.job_manager.get_stalled_jobs

    async def list_and_end():
        found = await listed()
        await app.job_manager.finish_job_by_id_async(
            job_id=first, status=Status.SUCCEEDED, delete_job=False
        )
        return found

    monkeypatch.setattr(app.job_manager, "get_stalled_jobs", list_and_end)
    async_to_sync(jobs.rescue.func)(timestamp=0)
    assert status(first) == "succeeded"
    assert status(second) == "todo"


def brought(timestamp, *, ends):
    """A job that the clock brings, and that ends so."""
    job = jobs.forget_counts.configure(task_kwargs={"timestamp": timestamp}).job
    pk = async_to_sync(app.job_manager.defer_periodic_job)(
        job=job, periodic_id="", defer_timestamp=timestamp
    )
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [pk])
    done = ends == Status.SUCCEEDED
    async_to_sync(app.job_manager.finish_job_by_id_async)(job_id=pk, status=ends, delete_job=done)
    return pk


def failed():
    return list(ProcrastinateJob.objects.filter(status="failed").values_list("pk", flat=True))


def test_what_the_clock_brings_again_is_no_failure_once_a_later_one_is_done():
    other, first = ended("failed", days=1), brought(600, ends=Status.FAILED)
    second = brought(1200, ends=Status.FAILED)
    jobs.forget_made_good.func(timestamp=0)
    assert failed() == [other, first, second]  # nothing was done since
    brought(1800, ends=Status.SUCCEEDED)
    jobs.forget_made_good.func(timestamp=0)
    assert failed() == [other]

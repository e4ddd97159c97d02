"""The job table stays in order by itself."""

from __future__ import annotations

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from openslot.kernel import jobs

pytestmark = pytest.mark.django_db


def ended(status, *, days):
    """A job that ended so many days ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status)"
            " VALUES ('default', 'any', %s) RETURNING id",
            [status],
        )
        [job] = cursor.fetchone()
        cursor.execute("DELETE FROM procrastinate_events WHERE job_id = %s", [job])
        cursor.execute(
            "INSERT INTO procrastinate_events (job_id, type, at)"
            " VALUES (%s, %s, now() - make_interval(days => %s))",
            [job, status, days],
        )
    return job


def test_jobs_that_failed_can_be_looked_at_for_thirty_days():
    young, old = ended("failed", days=29), ended("failed", days=31)
    also_old = ended("succeeded", days=31)
    async_to_sync(jobs.tidy.func)(timestamp=0)
    left = set(ProcrastinateJob.objects.values_list("pk", flat=True))
    assert young in left
    assert not {old, also_old} & left

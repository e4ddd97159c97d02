"""A worker that does in the test's own transaction what waits."""

from uuid import UUID

from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from openslot.notifications import deliver, sending


def work() -> int:
    """Do every job that waits, and those that come of them; how many."""
    done = 0
    while jobs := list(ProcrastinateJob.objects.filter(status="todo").order_by("id")):
        for job in jobs:
            if job.task_name == deliver.SEND:
                sending.send([UUID(one) for one in job.args["delivery_ids"]], last=False)
            else:
                app.tasks[job.task_name].func(**job.args)
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job.pk])
        done += len(jobs)
    return done

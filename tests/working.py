"""A worker that does in the test's own transaction what waits and is due."""

from types import SimpleNamespace

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob


def work() -> int:
    """Do every job that is due, and those that come of them; how many."""
    done = 0
    while jobs := list(_due()):
        for job in jobs:
            done += do(job)
    return done


def _due():
    now = timezone.now()
    found = ProcrastinateJob.objects.filter(status="todo")
    return found.filter(Q(scheduled_at=None) | Q(scheduled_at__lte=now)).order_by("-priority", "id")


def do(job: ProcrastinateJob) -> int:
    """Do it, and forget it."""
    task = app.tasks[job.task_name]
    context = SimpleNamespace(
        job=SimpleNamespace(attempts=job.attempts), should_abort=lambda: False
    )
    task.func(*([context] if task.pass_context else []), **job.args)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job.pk])
    return 1

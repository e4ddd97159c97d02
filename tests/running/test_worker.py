"""What the worker promises to the jobs that it runs."""

from __future__ import annotations

import asyncio
import uuid

import pytest
from asgiref.sync import sync_to_async
from django.db import connections, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from openslot import worker
from openslot.kernel import events

FAILS = "tests.running.defers_and_fails"


@pytest.fixture
def fails(transactional_db):
    """A task that defers another one in a transaction which comes to nothing."""

    @app.task(name=FAILS, queue="tests")
    def defers_and_fails() -> None:
        with transaction.atomic():
            events.publish(uuid.uuid4())
            assert ProcrastinateJob.objects.filter(task_name=events.REACT).exists()
            raise RuntimeError("so that it is rolled back")

    yield defers_and_fails
    del app.tasks[FAILS]


def test_what_a_job_defers_vanishes_with_its_transaction(fails):
    """Else a job would run before, or without, what it is about: a mail would be lost."""

    async def work():
        own = worker.runner()
        async with own.open_async():
            await own.run_worker_async(
                queues=["tests"], wait=False, install_signal_handlers=False, listen_notify=False
            )
        await sync_to_async(connections.close_all)()  # that of the clock's jobs

    fails.defer()
    asyncio.run(work())
    assert ProcrastinateJob.objects.get(task_name=FAILS).status == "failed"
    assert not ProcrastinateJob.objects.filter(task_name=events.REACT).exists()

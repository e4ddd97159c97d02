"""The worker: four lanes of jobs in one process.

Mail has a lane of its own, and so have Google and webhooks: a server elsewhere that hangs holds up
nothing else.
"""

import asyncio
import contextlib
import os
import signal
import sys
import time
from typing import NamedTuple

import django
import psycopg
from asgiref.sync import sync_to_async
from django.db import connections
from procrastinate import App, exceptions
from procrastinate.contrib.django import DjangoApp, app

from openslot import up, variables
from openslot.kernel.postgres import patience

MAIL, GOOGLE, WEBHOOKS = OWN = ("mail", "google", "webhooks")
LOOK_AT_CLOCKS = "openslot.appointments.tasks.look_at_clocks"
NICENESS = 10  # people wait for pages; nobody waits for a job
JOB_SECONDS = 600  # for one statement of a job
SIGNALS = (signal.SIGTERM, signal.SIGINT)


class LaneEnded(Exception):
    """A lane of jobs ended although nobody had asked it to."""


AWAY = (psycopg.OperationalError, psycopg.InterfaceError, exceptions.ConnectorException, LaneEnded)
GRACE = 5  # seconds for jobs to end before those that can are asked to stop in the middle
SELDOM, OFTEN = 5.0, 0.3  # seconds until a lane looks for what nobody rang for


class Lane(NamedTuple):
    """Some queues, how many of their jobs at a time, and how often to look by itself.

    A job that waited for another one's lock, or for its time, is found by looking alone.
    """

    queues: list[str]
    threads: int
    looks: float = SELDOM


Lanes = dict[str, Lane]


def run() -> None:
    """Work until SIGTERM or SIGINT; what is at work then is finished, or tried again later.

    While the database is away it waits, and goes on when it is back.
    """
    threads = variables.number("WORKER_THREADS")
    others = {name: variables.number(f"{name}_THREADS") for name in ("MAIL", "GOOGLE", "WEBHOOK")}
    together = threads + sum(others.values())
    variables.suppose("DATABASE_POOL", str(together + 1))  # one for the clock
    patience.Connection.patience = JOB_SECONDS
    os.nice(NICENESS)
    django.setup()
    app.perform_import_paths()  # type: ignore[no-untyped-call]
    lanes = {
        "jobs": Lane(_others(), threads),
        "mail": Lane([MAIL], others["MAIL"]),
        "google": Lane([GOOGLE], others["GOOGLE"], looks=OFTEN),
        "webhooks": Lane([WEBHOOKS], others["WEBHOOK"], looks=OFTEN),
    }
    pauses = up.Pauses()
    while True:
        begun = time.monotonic()
        try:
            _run(lanes)
        except AWAY as error:
            pause = pauses.failed(lasted=time.monotonic() - begun)
            reason = (str(error) or (error.__doc__ or "")).strip().partition("\n")[0]
            sys.stderr.write(f"openslot: waiting for the database, {pause:g} s ({reason})\n")
            sys.stderr.flush()
            time.sleep(pause)
        else:
            return


def _run(lanes: Lanes) -> None:
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        asyncio.run(_work(runner(), lanes))
    finally:
        for number, handler in handlers.items():  # the loop leaves others behind
            signal.signal(number, handler)


def runner() -> App:
    """Runs the app's tasks over connections of its own.

    What a task defers goes through Django's connection there as everywhere: it commits with what it
    belongs to, or vanishes. `app.replace_connector` would let it be seen, and run, before.
    """
    own = DjangoApp(connector=app.connector.get_worker_connector())  # type: ignore[attr-defined]
    own.tasks, own.periodic_registry = app.tasks, app.periodic_registry
    return own


def _others() -> list[str]:
    """Every queue that has no lane of its own."""
    return sorted({task.queue for task in app.tasks.values()} - {*OWN})


async def _work(own: App, lanes: Lanes) -> None:
    """Until a signal. Raises what a lane failed with, or `LaneEnded` where it does not say."""
    # The clock of the lanes asks through Django, in a thread that keeps its connection.
    await sync_to_async(connections.close_all)()
    async with own.open_async():
        await _look_at_clocks(own)
        running = [
            asyncio.create_task(
                own.run_worker_async(
                    name=name,
                    queues=lane.queues,
                    concurrency=lane.threads,
                    fetch_job_polling_interval=lane.looks,
                    delete_jobs="successful",
                    shutdown_graceful_timeout=GRACE,
                    install_signal_handlers=False,
                )
            )
            for name, lane in lanes.items()
        ]
        loop, asked = asyncio.get_running_loop(), asyncio.Event()

        def stop() -> None:
            asked.set()
            _stop(running)

        for number in SIGNALS:
            loop.add_signal_handler(number, stop)
        # One that ends by itself ends the others: whoever watches the process starts it anew.
        await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        _stop(running)
        ended = await asyncio.gather(*running, return_exceptions=True)
    for end in ended:
        if isinstance(end, Exception):
            raise end
    if not asked.is_set():
        raise LaneEnded


async def _look_at_clocks(own: App) -> None:
    """A worker may begin with another tz database than the one before it."""
    with contextlib.suppress(exceptions.AlreadyEnqueued):
        await own.configure_task(LOOK_AT_CLOCKS).defer_async()


def _stop(running: list[asyncio.Task[None]]) -> None:
    for lane in running:
        if not lane.cancelling():  # a second time would tear it from the jobs it waits for
            lane.cancel()

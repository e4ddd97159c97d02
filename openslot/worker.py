"""The worker: two lanes of jobs in one process.

Mail has a lane of its own, so that a mail server that hangs holds up nothing else.
"""

import asyncio
import os
import signal

import django
from procrastinate import App
from procrastinate.contrib.django import DjangoApp, app

from openslot import variables

MAIL = "mail"
NICENESS = 10  # people wait for pages; nobody waits for a job
GRACE = 5  # seconds for jobs to end before those that can are asked to stop in the middle


def run() -> None:
    """Work until SIGTERM or SIGINT; what is at work then is finished, or tried again later."""
    threads = variables.number("WORKER_THREADS")
    mail_threads = variables.number("MAIL_THREADS")
    variables.suppose("DATABASE_POOL", str(threads + mail_threads + 1))  # one for the clock
    os.nice(NICENESS)
    django.setup()
    app.perform_import_paths()  # type: ignore[no-untyped-call]
    lanes = {"jobs": (_others(), threads), "mail": ([MAIL], mail_threads)}
    asyncio.run(_work(runner(), lanes))


def runner() -> App:
    """Runs the app's tasks over connections of its own.

    What a task defers goes through Django's connection there as everywhere: it commits with what it
    belongs to, or vanishes. `app.replace_connector` would let it be seen, and run, before.
    """
    own = DjangoApp(connector=app.connector.get_worker_connector())  # type: ignore[attr-defined]
    own.tasks, own.periodic_registry = app.tasks, app.periodic_registry
    return own


def _others() -> list[str]:
    """Every queue but that of mail."""
    return sorted({task.queue for task in app.tasks.values()} - {MAIL})


async def _work(own: App, lanes: dict[str, tuple[list[str], int]]) -> None:
    async with own.open_async():
        running = [
            asyncio.create_task(
                own.run_worker_async(
                    name=name,
                    queues=queues,
                    concurrency=threads,
                    delete_jobs="successful",
                    shutdown_graceful_timeout=GRACE,
                    install_signal_handlers=False,
                )
            )
            for name, (queues, threads) in lanes.items()
        ]
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, _stop, running)
        # One that ends by itself ends the others: whoever watches the process starts it anew.
        await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        _stop(running)
        ended = await asyncio.gather(*running, return_exceptions=True)
    for end in ended:
        if isinstance(end, Exception):
            raise end


def _stop(running: list[asyncio.Task[None]]) -> None:
    for lane in running:
        if not lane.cancelling():  # a second time would tear it from the jobs it waits for
            lane.cancel()

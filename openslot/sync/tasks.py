"""What the worker does for calendars. Jobs carry ids only and are safe to run twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from openslot.sync import bell, channels, keeping
from openslot.sync.connecting import disconnect
from openslot.sync.google import places
from openslot.sync.inward import closing
from openslot.sync.models import Request
from openslot.sync.outward import outbox

TRIES = 8
LEAVING = RetryStrategy(max_attempts=TRIES, exponential_wait=4)
SOON = RetryStrategy(max_attempts=5, exponential_wait=4)
KEPT = timedelta(days=14)


@app.task(name="openslot.sync.tasks.note", retry=SOON)
def note(act_id: str) -> None:
    """Write down for people's calendars what an act changed."""
    if places.configured():
        outbox.note_act(UUID(act_id))


@app.task(name="openslot.sync.tasks.note_time_off", retry=SOON)
def note_time_off(time_off_id: str, provider_id: str) -> None:
    """The same of a time off."""
    if places.configured():
        outbox.note_time_off(UUID(time_off_id), provider_id=UUID(provider_id))


@app.task(name="openslot.sync.tasks.note_guest", retry=SOON)
def note_guest(customer_id: str) -> None:
    """The same of what is to come of a guest who is called otherwise now."""
    if places.configured():
        outbox.note_guest(UUID(customer_id), now=timezone.now())


@app.task(name=bell.KEEP, queue=bell.QUEUE)
def keep_in_step(connection_id: int, urgent: bool = False) -> None:  # noqa: FBT001, FBT002
    """Bring a connection in step with Google. What fails is rung for again within a minute."""
    keeping.keep_in_step(connection_id, urgent=urgent)


@app.task(name=bell.WAKE, queue=bell.QUEUE)
def wake(connection_id: int) -> None:
    """Its time has come: a round for it."""
    bell.ring(connection_id)


@app.task(name=bell.LEAVE, queue=bell.QUEUE, retry=LEAVING, pass_context=True)
def leave(context: JobContext, connection_id: int) -> None:
    """Tidy up behind a connection that was given up."""
    disconnect.leave(connection_id, last=context.job.attempts + 1 >= TRIES)


@app.task(name="openslot.sync.tasks.end_of_claimed", retry=SOON)
def end_of_claimed(user_id: str) -> None:
    """An account has another owner: the calendar of the one before is not theirs."""
    disconnect.end_of(UUID(user_id))


@app.periodic(cron="* * * * *")
@app.task(name="openslot.sync.tasks.tick", queueing_lock="sync.tick")
def tick(timestamp: int) -> None:  # noqa: ARG001  Procrastinate passes it
    """Every minute: wake the connections for which something is due."""
    closing.settle(timezone.now())
    if places.configured():
        for pk in keeping.due().values_list("pk", flat=True):
            bell.ring(pk)


@app.periodic(cron="41 3 * * *")
@app.task(name="openslot.sync.tasks.tidy", queueing_lock="sync.tidy")
def tidy(timestamp: int) -> None:  # noqa: ARG001
    """Every night: forget what nobody needs any more."""
    channels.forget_old()
    outbox.forget_old()
    Request.objects.filter(at__lt=timezone.now() - KEPT).delete()

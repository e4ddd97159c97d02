"""What the worker does for webhooks. Jobs carry ids only and are safe to run twice."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from openslot import subscriptions
from openslot.webhooks import bell, delivering, writing
from openslot.webhooks.models import Webhook

SOON = RetryStrategy(max_attempts=5, exponential_wait=4)


@app.task(name=subscriptions.HOOK, retry=SOON)
def note(act_id: str) -> None:
    """Write down what of an act other programs are told."""
    writing.note(UUID(act_id))


@app.task(name=bell.DELIVER, queue=bell.QUEUE)
def deliver(webhook_id: str) -> None:
    """Send what is due to a webhook. What fails is rung for again in its time."""
    delivering.deliver(UUID(webhook_id))


@app.task(name=bell.WAKE, queue=bell.QUEUE)
def wake(webhook_id: str) -> None:
    """Its time has come: a round for it."""
    bell.ring(UUID(webhook_id))


@app.task(name="openslot.webhooks.tasks.end_of_claimed", retry=SOON)
def end_of_claimed(user_id: str) -> None:
    """An account has another owner: where the one before sent its appointments is not theirs."""
    Webhook.objects.filter(provider__user=UUID(user_id)).delete()


@app.periodic(cron="* * * * *")
@app.task(name="openslot.webhooks.tasks.tick", queueing_lock="webhooks.tick")
def tick(timestamp: int) -> None:  # noqa: ARG001  Procrastinate passes it
    """Every minute: wake the webhooks for which something is due."""
    delivering.tick(timezone.now())

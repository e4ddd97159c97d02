"""What the worker does for the API."""

from __future__ import annotations

from procrastinate.contrib.django import app

from openslot.api import forgetting
from openslot.api.protocol import idempotency


@app.periodic(cron="17 * * * *")
@app.task(name="openslot.api.tasks.forget_keys", queueing_lock="api.forget_keys")
def forget_keys(timestamp: int) -> None:  # noqa: ARG001  Procrastinate passes it
    """Every hour: drop the Idempotency-Keys that are a day old."""
    idempotency.forget()


@app.task(name="openslot.api.tasks.forget_person", queue="default")
def forget_person(customers: list[str], providers: list[str]) -> None:
    """Take somebody who was erased out of the answers kept for the other side."""
    forgetting.forget(customers=customers, providers=providers)

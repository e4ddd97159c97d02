"""What the worker does for the API."""

from __future__ import annotations

from procrastinate.contrib.django import app

from openslot.api import forgetting
from openslot.kernel import jobs


@app.task(name="openslot.api.tasks.forget_person", queue="default", retry=jobs.SOON)
def forget_person(customers: list[str], providers: list[str]) -> None:
    """Take somebody who was erased out of the answers kept for the other side."""
    forgetting.forget(customers=customers, providers=providers)

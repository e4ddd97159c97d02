"""What the worker does for the pages."""

from __future__ import annotations

from procrastinate.contrib.django import app

from openslot.kernel import jobs
from openslot.web import forgetting


@app.task(name="openslot.web.tasks.forget_person", queue="default", retry=jobs.SOON)
def forget_person(customers: list[str], providers: list[str]) -> None:
    """Take somebody who was erased out of the answers kept for the other side."""
    forgetting.forget([*customers, *providers])

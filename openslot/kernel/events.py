"""Telling the rest of the house what happened, through the job table.

`publish` defers one job in the transaction of the act: both commit, or neither does. The worker
then calls `fan_out`, which defers one job for each subscriber (openslot/subscriptions.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID, uuid4

from django.utils.module_loading import import_string
from procrastinate.contrib.django import app
from procrastinate.types import JSONValue

from openslot import subscriptions

REACT = "openslot.appointments.tasks.react"


def publish(act_id: UUID) -> None:
    """Have the worker react to an act. Call it once for each act, inside its transaction."""
    app.configure_task(REACT).defer(act_id=str(act_id))


def announce_act() -> UUID:
    """Publish an act that the same transaction will write, or be taken back; its id."""
    act_id = uuid4()
    publish(act_id)
    return act_id


def fan_out(events: Iterable[str], *, act_id: UUID) -> list[str]:
    """Defer a job for every task that subscribes to one of the events and has anything to do;
    the tasks' names.
    """
    wanted = {task for event in events for task in subscriptions.TASKS.get(event, ())}
    tasks = sorted(task for task in wanted if _is_concerned(task, act_id))
    for task in tasks:
        app.configure_task(task).defer(act_id=str(act_id))
    return tasks


def _is_concerned(task: str, act_id: UUID) -> bool:
    asked = subscriptions.CONCERNS.get(task)
    return asked is None or import_string(asked)(act_id)


def awaits(act_id: UUID) -> bool:
    """Whether what is told of an act would be more complete in a moment."""
    return any(import_string(name)(act_id) for name in subscriptions.WAITS)


def announce(event: str, **ids: JSONValue) -> None:
    """Defer a job for every task that subscribes to what is no act; it is called with the ids."""
    for task in subscriptions.TASKS.get(event, ()):
        app.configure_task(task).defer(**ids)

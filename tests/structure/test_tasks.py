"""Jobs go by the names of tasks, across floors: each name is that of a task, and says where it stands."""

import ast
import inspect
import re

import pytest
from procrastinate.contrib.django import app

from openslot import subscriptions
from openslot.appointments import moves
from tests.structure import house

NAME = re.compile(r"openslot(\.\w+)*\.(tasks|jobs)\.\w+")
APPOINTMENTS = moves.MOVES | moves.PROPOSAL_MOVES | moves.CONSEQUENCES
app.perform_import_paths()  # the worker does it when it starts


def named():
    """Every string in the code that is a task's name, with the files where it stands."""
    found = {}
    for module in house.MODULES:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and NAME.fullmatch(str(node.value)):
                found.setdefault(node.value, set()).add(module.path)
    return found


def test_every_name_of_a_task_is_one_that_a_worker_knows():
    assert {name: files for name, files in named().items() if name not in app.tasks} == {}


def test_every_task_goes_by_the_name_of_its_function():
    """So whoever reads a job finds it, and the test above knows a name when it sees one."""
    ours = {name: task for name, task in app.tasks.items() if name.startswith("openslot.")}
    assert {task.name for task in ours.values()} == {
        f"{task.func.__module__}.{task.func.__qualname__}" for task in ours.values()
    }


# Rung for again within a minute by what looks every minute for what is due.
RUNG_FOR = {
    *("openslot.sync.tasks.keep_in_step", "openslot.sync.tasks.wake"),
    *("openslot.webhooks.tasks.deliver", "openslot.webhooks.tasks.wake"),
}


def test_a_job_that_nothing_brings_again_is_tried_again():
    """One whose connection was cut would else be given up, and nobody told of the act."""
    once = {
        name
        for name, task in app.tasks.items()
        if name.startswith("openslot.") and task.retry_strategy is None
        if "timestamp" not in inspect.signature(task.func).parameters  # the clock's come anyway
    }
    assert once == RUNG_FOR


def announced():
    """The events that are no act, with the names of what their subscribers are called with."""
    nodes = [node for module in house.MODULES for node in ast.walk(module.tree)]
    constants = {
        node.targets[0].id: node.value.value
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        if isinstance(node.value, ast.Constant)
    }
    found = {}
    for node in nodes:
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "announce":
            said = node.args[0]
            name = getattr(said, "attr", getattr(said, "id", None))
            event = said.value if isinstance(said, ast.Constant) else constants[name]
            found.setdefault(event, set()).update(each.arg for each in node.keywords)
    return found


ANNOUNCED = announced()


@pytest.mark.parametrize("event", subscriptions.TASKS)
def test_subscribers_are_tasks_that_take_what_the_event_gives(event):
    kind, _, action = event.partition(".")
    assert event in ANNOUNCED or (kind == "appointment" and action in APPOINTMENTS)
    given = ANNOUNCED.get(event, {"act_id"})
    for name in subscriptions.TASKS[event]:
        taken = inspect.signature(app.tasks[name].func).parameters.values()
        assert {each.name for each in taken} >= given
        assert {each.name for each in taken if each.default is each.empty} <= given


def test_every_event_that_is_announced_is_heard():
    assert ANNOUNCED.keys() <= subscriptions.TASKS.keys()

"""Jobs go by the names of tasks, across floors: each name is that of a task, and says where it stands."""

import ast
import inspect
import re
from pathlib import Path

import pytest
from procrastinate.contrib.django import app

import openslot
from openslot import subscriptions
from openslot.appointments import moves

HOUSE = Path(openslot.__file__).parent
NAME = re.compile(r"openslot(\.\w+)*\.(tasks|jobs)\.\w+")
GIVEN = {  # what the subscribers of what is no act are called with
    "account.created": {"user_id"},
    "address.verified": {"address_id"},
    "account.erased": {"customers", "providers"},
    "time_off.conflicts": {"time_off_id"},
}


def named():
    """Every string in the code that is a task's name, with the files where it stands."""
    found = {}
    for path in sorted(HOUSE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and NAME.fullmatch(str(node.value)):
                found.setdefault(node.value, set()).add(str(path.relative_to(HOUSE)))
    return found


def test_every_name_of_a_task_is_one_that_a_worker_knows():
    assert {name: files for name, files in named().items() if name not in app.tasks} == {}


def test_every_task_goes_by_the_name_of_its_function():
    """So whoever reads a job finds it, and the test above knows a name when it sees one."""
    ours = {name: task for name, task in app.tasks.items() if name.startswith("openslot.")}
    assert {task.name for task in ours.values()} == {
        f"{task.func.__module__}.{task.func.__qualname__}" for task in ours.values()
    }


@pytest.mark.parametrize("event", subscriptions.TASKS)
def test_subscribers_are_tasks_that_take_what_the_event_gives(event):
    kind, _, action = event.partition(".")
    actions = moves.MOVES | moves.PROPOSAL_MOVES | moves.CONSEQUENCES
    assert event in GIVEN or (kind == "appointment" and action in actions)
    for name in subscriptions.TASKS[event]:
        taken = inspect.signature(app.tasks[name].func).parameters
        assert taken.keys() == GIVEN.get(event, {"act_id"})

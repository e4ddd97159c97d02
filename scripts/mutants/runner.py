"""A worker, as a plugin of pytest: learns what each test reaches, then forks for every mutant."""

import json
import os
import signal
import time
from collections import defaultdict
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state
from pytest_django.plugin import blocking_manager_key

NUMBER, OF = map(int, os.environ["MUTANTS_SHARE"].split())
ENOUGH = 200  # tests for one mutant; the quickest come first
PATIENCE = 30.0  # seconds beyond four times what the tests took
KILLED, SURVIVED = 1, 0


class Heard:
    """Whether a test has failed."""

    failed = False

    def pytest_runtest_logreport(self, report):
        self.failed = self.failed or report.failed


class Between:
    """In place of the test that follows: ends all fixtures but the session's."""

    def __init__(self, session):
        self.session = session

    def listchain(self):
        return [self.session]


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session):
    items = session.items
    heard = Heard()
    session.config.pluginmanager.register(heard)
    _together("learned", _learn(items, heard))
    reach = _merged()
    blocker = session.config.stash[blocking_manager_key]
    plan = json.loads(Path("plan.json").read_text())
    with Path(f"results-{NUMBER}.jsonl").open("w") as out:
        for name in plan[NUMBER::OF]:
            tests, expected = _tests_for(name, reach)
            outcome = _try(name, [items[n] for n in tests], expected, heard, blocker)
            out.write(json.dumps(outcome | {"name": name, "tests": len(tests)}) + "\n")
            out.flush()
    session._setupstate.teardown_exact(None)
    session.testsfailed = 0  # those that fail without mutants are told in the report
    return True


def _run(item, heard):
    """Run a test in this process; whether it passed."""
    heard.failed = False
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=Between(item.session))
    return not heard.failed


def _learn(items, heard):
    """For this worker's share of the tests: [number, seconds, functions reached]."""
    set_mutant_under_test("stats")
    found = []
    for number in range(len(items))[NUMBER::OF]:
        state()._stats.clear()
        begun = time.perf_counter()
        passed = _run(items[number], heard)
        reached = sorted(state()._stats) if passed else []
        found.append([number, time.perf_counter() - begun, reached])
        if not passed:
            with Path(f"left-out-{NUMBER}.txt").open("a") as out:
                out.write(f"{items[number].nodeid}\n")
    set_mutant_under_test("")
    return found


def _together(name, value):
    """Hand over one's part, and wait for that of the others."""
    part = Path(f"{name}-{NUMBER}.part")
    part.write_text(json.dumps(value))
    part.rename(f"{name}-{NUMBER}.json")
    while not all(Path(f"{name}-{n}.json").exists() for n in range(OF)):
        time.sleep(0.2)


def _merged():
    """The tests that reach a function, as (seconds, number), the quickest first."""
    reach = defaultdict(list)
    for worker in range(OF):
        for number, seconds, functions in json.loads(Path(f"learned-{worker}.json").read_text()):
            for function in functions:
                reach[function].append((seconds, number))
    return {function: sorted(tests) for function, tests in reach.items()}


def _tests_for(name, reach):
    found = reach.get(name.partition("__mutmut_")[0], [])[:ENOUGH]
    return [number for _, number in found], sum(seconds for seconds, _ in found)


def _try(name, items, expected, heard, blocker):
    if not items:
        return {"outcome": "unreached"}
    with blocker.unblock():
        connections.close_all()  # a child must not share one
    child = os.fork()
    if child == 0:
        os._exit(_child(name, items, expected, heard))
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status == -signal.SIGALRM:
        with blocker.unblock():  # it may have left something
            call_command("flush", interactive=False, verbosity=0)
        return {"outcome": "timeout"}
    return {"outcome": "survived" if status == SURVIVED else "killed"}


def _child(name, items, expected, heard):
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE + 4 * expected)
    items[0].config.pluginmanager.unregister(name="terminalreporter")
    set_mutant_under_test(name)
    return SURVIVED if all(_run(item, heard) for item in items) else KILLED

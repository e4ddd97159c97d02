"""A worker, as a plugin of pytest: learns what each test reaches, then forks for every mutant."""

import functools
import gc
import hashlib
import json
import os
import signal
import time
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state
from pytest_django.plugin import blocking_manager_key

NUMBER, OF = map(int, os.environ["MUTANTS_SHARE"].split())
KNOWN = Path(os.environ["MUTANTS_KNOWN"])
MINUTES = float(os.environ["MUTANTS_MINUTES"])  # for each room
ENOUGH = 100  # tests for one mutant; one that survives them meets all others that reach it
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
    known = _known(items)
    _together("learned", _learn(items, heard, known))
    reach = _reach(items, _kept(items, known))
    blocker = session.config.stash[blocking_manager_key]
    caches = _caches()
    with Path(f"results-{NUMBER}.jsonl").open("w") as out:
        for name in _in_time(json.loads(Path("plan.json").read_text())):
            found = reach.get(name.partition("__mutmut_")[0], [])
            tried, outcome = 0, "unreached"
            for part in (found[:ENOUGH], found[ENOUGH:]):
                if part and outcome in {"unreached", "survived"}:
                    outcome = _try(name, part, items, heard, blocker, caches)
                    tried += len(part)
            out.write(json.dumps({"outcome": outcome, "name": name, "tests": tried}) + "\n")
            out.flush()
    session._setupstate.teardown_exact(None)
    session.testsfailed = 0  # those that fail without mutants are told in the report
    return True


def _in_time(plan):
    """This worker's share of the mutants of each room, as far as the time for it reaches."""
    for names in plan.values():
        begun = time.monotonic()
        for name in names[NUMBER::OF]:
            if time.monotonic() - begun > 60 * MINUTES:
                break
            yield name


def _run(item, heard):
    """Run a test in this process; whether it passed."""
    heard.failed = False
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=Between(item.session))
    return not heard.failed


def _learn(items, heard, known):
    """For this worker's share of the tests that are not known: {id: [seconds, functions]}."""
    set_mutant_under_test("stats")
    found = {}
    for item in [each for each in items if each.nodeid not in known][NUMBER::OF]:
        state()._stats.clear()
        begun = time.perf_counter()
        if _run(item, heard):
            found[item.nodeid] = [time.perf_counter() - begun, sorted(state()._stats)]
        else:
            with Path(f"left-out-{NUMBER}.txt").open("a") as out:
                out.write(f"{item.nodeid}\n")
    set_mutant_under_test("")
    return found


def _known(items):
    """What an earlier run has learned of tests that stand as they stood then."""
    kept = json.loads(KNOWN.read_text()) if KNOWN.exists() else {}
    states = _states(items)
    return {name: learned for name, (state, learned) in kept.items() if states.get(name) == state}


def _states(items):
    """What each test rests on, as a digest: the code, what tests share, and its own module."""
    code = hashlib.sha256()
    for path in sorted([*Path("openslot").rglob("*.*"), *Path("tests").rglob("*.py")]):
        if path.is_file() and path.suffix != ".pyc" and not path.name.startswith("test_"):
            code.update(path.read_bytes())
    digests = {}
    for path in {item.path for item in items}:
        own = code.copy()
        own.update(path.read_bytes())
        digests[path] = own.hexdigest()
    return {item.nodeid: digests[item.path] for item in items}


def _kept(items, known):
    """All that is known now, kept for the next run."""
    for worker in range(OF):
        known |= json.loads(Path(f"learned-{worker}.json").read_text())
    if NUMBER == 0:
        states = _states(items)
        KNOWN.write_text(json.dumps({name: [states[name], each] for name, each in known.items()}))
    return known


def _together(name, value):
    """Hand over one's part, and wait for that of the others."""
    part = Path(f"{name}-{NUMBER}.part")
    part.write_text(json.dumps(value))
    part.rename(f"{name}-{NUMBER}.json")
    while not all(Path(f"{name}-{n}.json").exists() for n in range(OF)):
        time.sleep(0.2)


def _reach(items, known):
    """The tests that reach a function, as (seconds, number), in the order to try them."""
    reach = defaultdict(list)
    for number, item in enumerate(items):
        seconds, functions = known.get(item.nodeid, (0, ()))
        for function in functions:
            reach[function].append((seconds, number))
    return {function: _mixed(sorted(tests), items) for function, tests in reach.items()}


def _mixed(tests, items):
    """The quickest first, but of one test with many cases the next only after all others."""
    turns = Counter()
    order = []
    for place, (seconds, number) in enumerate(tests):
        name = items[number].nodeid.partition("[")[0]
        order.append((turns[name], place, (seconds, number)))
        turns[name] += 1
    return [test for *_, test in sorted(order)]


def _caches():
    """Of functions of ours: what they remember was found without the mutant."""
    return [
        each
        for each in gc.get_objects()
        if type(each) is functools._lru_cache_wrapper  # asking a lazy object would wake it
        and (each.__module__ or "").startswith("openslot.")
    ]


def _try(name, tests, items, heard, blocker, caches):
    """How the mutant fares in a child that runs these tests, (seconds, number) each."""
    expected = sum(seconds for seconds, _ in tests)
    with blocker.unblock():
        connections.close_all()  # a child must not share one
    child = os.fork()
    if child == 0:
        for cache in caches:
            cache.cache_clear()
        os._exit(_child(name, [items[number] for _, number in tests], expected, heard))
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status == -signal.SIGALRM:
        with blocker.unblock():  # it may have left something
            call_command("flush", interactive=False, verbosity=0)
        return "timeout"
    return "survived" if status == SURVIVED else "killed"


def _child(name, items, expected, heard):
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE + 4 * expected)
    items[0].config.pluginmanager.unregister(name="terminalreporter")
    set_mutant_under_test(name)
    return SURVIVED if all(_run(item, heard) for item in items) else KILLED

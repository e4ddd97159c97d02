"""Everything that somebody asked for happened once, in its order, and whatever was refused had a reason:
read from the histories of people at both doors, while web, worker and PostgreSQL are killed.

The same with 10,000 calls in twenty minutes: `make soak`. What it found stands in docs/proof.md.
"""

import random

import pytest

from tests.histories import checker, people
from tests.histories.acts import Acts
from tests.histories.calls import History
from tests.histories.running import Running
from tests.histories.soak import Size, Soak
from tests.histories.stream import Stream

pytestmark = pytest.mark.real_clock

ENOUGH = 240  # bursts within which a fault that was put in on purpose is found
NO_CONSTRAINT = "ALTER TABLE appointments_appointment DROP CONSTRAINT appointment_provider_free"
# A commit is answered before it is on the disk, and for ten seconds nobody else takes it there.
LOSES_COMMITS = (
    "ALTER SYSTEM SET synchronous_commit = 'off'",
    "ALTER SYSTEM SET wal_writer_delay = '10s'",
    "SELECT pg_reload_conf()",
)


@pytest.fixture
def run(ready, free_port):
    """Start a house on a copy of an empty database."""
    started = []

    def start(fault=""):
        started.append(Running(ready, free_port, fault=fault))
        return started[-1]

    yield start
    for each in started:
        each.end()


def found(running, house, sort, *, after=lambda: None):
    """Let people act until the checker finds a fault of that sort; what it says."""
    history = History()
    stream = Stream(house, Acts(house, history), seed=1, days=2)
    for _ in range(ENOUGH // 5):
        for _ in range(5):
            stream.burst()
        after()
        history.standing = running.standing()
        if told := [fault for fault in checker.faults(history) if fault.startswith(sort)]:
            stream.end()
            return told
    stream.end()
    return []


def test_without_locks_acts_are_lost_and_without_the_constraint_two_have_the_same_time(run):
    """Faults put in on purpose: a checker that finds nothing has to find these first. With the
    constraint alone two still never have the same time, nor with the locks alone.
    """
    running = run(fault="no_lock")
    house = people.settle(running.base)
    assert found(running, house, ("a lost act", "booked in a time off", "against real time"))
    running.say(NO_CONSTRAINT)
    assert found(running, house, "two at the same time")


def test_a_commit_that_was_answered_and_never_written_is_missed(run):
    running = run()
    house = people.settle(running.base)
    running.say(*LOSES_COMMITS)

    def crash():
        running.kill("PostgreSQL", random.Random(1))
        running.until_ready()

    assert found(running, house, "acknowledged, and lost", after=crash)


def test_nothing_is_lost_or_doubled_while_web_worker_and_database_are_killed(
    run, figures, tmp_path
):
    size = Size.asked()
    running = run()
    soak = Soak(running, people.settle(running.base), size)
    try:
        soak.run()
        soak.settle(seconds=size.seconds / 4)
    finally:
        soak.history.save(tmp_path / "history.jsonl")
        (tmp_path / "up.log").write_text(running.log.read_text())
    figures("histories", **soak.figures())
    assert checker.faults(soak.history) == [], f"seed {size.seed}; kept in {tmp_path}"

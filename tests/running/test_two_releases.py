"""The release before and this one serve one database while this one prepares it: nobody notices.

Bookings, moves, cancellations and the rest go through both, in bursts on the same times, read
afterwards by the checker of the histories. `RELEASE_BEFORE` names another one than the code that
the newest migration was added to.
"""

import subprocess
import sys
import threading
from collections import Counter

import pytest
import requests

from tests.histories import checker, people
from tests.histories.acts import Acts
from tests.histories.calls import History
from tests.histories.running import Running
from tests.histories.stream import Stream
from tests.running import before
from tests.running.processes import ROOT, openslot, surroundings, until

pytestmark = pytest.mark.real_clock
MIGRATES = 300  # seconds at the most, from nothing on a busy machine
AFTERWARDS = 6  # bursts at both
ALONE = 4  # and at this one, once the other has ended


@pytest.fixture
def older(data, free_port, tmp_path):
    running = Running(
        data, free_port, root=before.checked_out(tmp_path / "before"), begins=MIGRATES
    )
    yield running
    if running.up.poll() is None:
        running.end()


@pytest.fixture
def newer(data, ports):
    """Start the web and the worker of this release; its address."""
    started = []

    def start():
        port = ports()
        env = surroundings(
            data, PORT=str(port), RATE_LIMITS="off", GUEST_VERIFICATION="none", WEB_PROCESSES="2"
        )
        program = [sys.executable, "-m", "openslot"]
        for word in ("web", "worker"):
            started.append(subprocess.Popen([*program, word], env=env, cwd=ROOT))  # noqa: PERF401
        base = f"http://127.0.0.1:{port}"
        until(lambda: _is_ready(base), "this release to be ready", seconds=MIGRATES)
        return base

    yield start
    for process in started:
        process.terminate()
    for process in started:
        process.wait(60)


def _is_ready(base):
    try:
        return requests.get(f"{base}/readyz", timeout=2).status_code == 200
    except requests.RequestException:
        return False


class Busy:
    """Bursts, one after the other, for as long as the block lasts."""

    def __init__(self, stream):
        self.stream, self.bursts, self.over = stream, 0, threading.Event()
        self.failed = None
        self.thread = threading.Thread(target=self._go_on)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        if self.failed:
            raise self.failed

    def _go_on(self):
        try:
            while not self.over.is_set():
                self.stream.burst()
                self.bursts += 1
        except Exception as error:  # noqa: BLE001  raised again where it is waited for
            self.failed = error


def send(everybody, base):
    for person in everybody:
        person.line.base = base
        if person.spare:
            person.spare.base = base


def test_nobody_notices_while_one_release_follows_the_other(data, older, newer, figures, tmp_path):
    house, history = people.settle(older.base), History()
    stream = Stream(house, Acts(house, history), seed=7, days=2)
    with Busy(stream) as meanwhile:
        prepared = openslot(data, "prepare", seconds=MIGRATES)
    assert prepared.returncode == 0, prepared.stderr
    assert meanwhile.bursts
    while_prepared = len(history.calls)
    base = newer()
    send(house.everybody[::2], base)
    for _ in range(AFTERWARDS):
        stream.burst()
    send(house.everybody, base)
    assert older.is_ready(), "the release before served until now"
    for _ in range(ALONE):
        stream.burst()
    stream.end()
    history.standing = older.standing()
    assert checker.faults(history) == []
    again = Counter(call.verb for call in history.calls if call.sends > 1)
    assert not again, "nobody had to ask twice"
    figures("two releases", calls=len(history.calls), while_one_prepared=while_prepared)

"""Many people at once: threads with connections and commits of their own, behind one barrier."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from typing import Any, NamedTuple

from django.db import OperationalError, connection

from openslot.appointments.models import Appointment
from openslot.kernel.errors import DomainError
from tests.histories import checker, standing
from tests.histories.calls import DONE, REFUSED, History

PATIENCE = 60  # seconds until a crowd that does not come together is given up
DEADLOCK = "40P01"
BOOKED = "booked"


class Outcome(NamedTuple):
    """What one call came to: its value, or the code of the refusal."""

    value: Any
    code: str
    seconds: float


class Crowd:
    """As many threads as there are people; all of a round begin at the same moment."""

    def __init__(self, size: int) -> None:
        self.pool = ThreadPoolExecutor(size)
        self.size = size
        self.codes: Counter[str] = Counter()
        self.rounds = 0
        self.worst = 0.0
        self.deadlocks = 0
        self.history = History(stamped=False)

    def rush(self, calls: Sequence[Callable[[], Any]]) -> list[Outcome]:
        """Everybody's outcome, in order. What is no refusal is a mistake, and raised here."""
        barrier = threading.Barrier(len(calls))
        futures = [self.pool.submit(self._one, barrier, call) for call in calls]
        outcomes = [future.result(timeout=PATIENCE) for future in futures]
        self.rounds += 1
        self.codes.update(outcome.code for outcome in outcomes)
        self.worst = max(self.worst, *(outcome.seconds for outcome in outcomes))
        return outcomes

    def _one(self, barrier: threading.Barrier, call: Callable[[], Any]) -> Outcome:
        connection.ensure_connection()
        barrier.wait(PATIENCE)
        begun = time.perf_counter()
        noted = self.history.begin(who="", door="", verb="", provider="", begun=begun)
        try:
            value, code = call(), BOOKED
            noted.outcome = DONE
        except DomainError as refusal:
            value, code = None, refusal.code
            noted.outcome, noted.code = REFUSED, code
        except OperationalError as exc:
            self.deadlocks += getattr(exc.__cause__, "sqlstate", "") == DEADLOCK
            raise
        noted.ended = time.perf_counter()
        if isinstance(value, Appointment):
            noted.answer = {"appointment": str(value.pk)}
            noted.provider = str(value.provider_id)
            noted.verb = "book" if value.version == 1 else "change"
        return Outcome(value, code, noted.ended - begun)

    def faults(self) -> list[str]:
        """What is wrong with what everybody was answered, by what stands there now."""
        with connection.cursor() as cursor:

            def rows(statement: str) -> Iterable[tuple[Any, ...]]:
                cursor.execute(statement)
                return cursor.fetchall()

            self.history.standing = standing.read(rows, json.loads)
        return checker.of_crowd(self.history)

    def go_home(self) -> None:
        barrier = threading.Barrier(self.size)
        done = [self.pool.submit(self._close, barrier) for _ in range(self.size)]
        for future in done:
            future.result(timeout=PATIENCE)
        self.pool.shutdown()

    @staticmethod
    def _close(barrier: threading.Barrier) -> None:
        barrier.wait(PATIENCE)  # so that every thread takes one
        connection.close()


def assert_nothing_overlaps(*, provider):
    active = list(
        Appointment.objects.filter(provider=provider, status__in=["pending", "confirmed"])
    )
    for one, other in combinations(active, 2):
        before, after = one.buffers
        theirs_before, theirs_after = other.buffers
        assert (
            one.end + after <= other.start - theirs_before
            or other.end + theirs_after <= one.start - before
        )

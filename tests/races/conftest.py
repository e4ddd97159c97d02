"""Many people at once: threads with connections and commits of their own, behind one barrier."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import pytest
from django.db import OperationalError, connection
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import RefreshToken

from openslot.appointments.booking import single
from openslot.appointments.models import Appointment
from openslot.kernel.errors import DomainError
from tests import town

PATIENCE = 60  # seconds until a crowd that does not come together is given up
DEADLOCK = "40P01"
BOOKED = "booked"
DOORS = ["domain", "api"]


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
        try:
            value, code = call(), BOOKED
        except DomainError as refusal:
            value, code = None, refusal.code
        except OperationalError as exc:
            self.deadlocks += getattr(exc.__cause__, "sqlstate", "") == DEADLOCK
            raise
        return Outcome(value, code, time.perf_counter() - begun)

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


@pytest.fixture
def crowd(request, figures):
    """Gather so many people; their figures stand at the end of the report."""
    crowds: list[Crowd] = []

    def gather(size: int) -> Crowd:
        crowds.append(Crowd(size))
        return crowds[-1]

    yield gather
    for each in crowds:
        each.go_home()
        booked = each.codes.pop(BOOKED, 0)
        figures(
            request.node.name,
            rounds=each.rounds,
            went_through=booked,
            refused=sum(each.codes.values()),
            **dict(sorted(each.codes.items())),
            worst_wait_s=round(each.worst, 2),
            deadlocks=each.deadlocks,
        )


@pytest.fixture
def people(transactional_db):
    town.hash_once()


@pytest.fixture(params=DOORS)
def book(request, settings):
    """Book for oneself, at the domain's function and through HTTP."""
    rates = dict.fromkeys(settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"])
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates}
    return {"domain": _book, "api": _post}[request.param]


def _book(service, by, start):
    return single.book(service.pk, by=by, start=start)


class Answered(DomainError):
    """A refusal that came as an HTTP answer."""


def _post(service, by, start):
    client = APIClient()
    token = RefreshToken.for_user(by).access_token
    answer = client.post(
        "/api/appointments/",
        {"service": str(service.pk), "start": start.isoformat()},
        headers={"Authorization": f"Bearer {token}"},
        format="json",
    )
    if answer.status_code == 201:
        return Appointment.objects.get(pk=answer.json()["id"])
    assert answer.status_code == 409, answer.content
    refusal = Answered()
    refusal.code = answer.json()["code"]
    raise refusal

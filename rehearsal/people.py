"""People who book all the while, by both doors, in groups that do not wait for one another."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor

from rehearsal.programs import PEOPLE
from tests.histories import doors, people
from tests.histories.acts import Acts
from tests.histories.calls import History
from tests.histories.stream import Stream

DAYS = 4
PACE = 0.2
PATIENCE, TIMEOUT = 240, 8  # seconds: how long somebody asks again, and waits for one answer
GROUPS = 3


class People:
    """Three providers, each with customers and guests of their own: a call that hangs holds up
    its own group, and the others go on. `pace`: seconds between the bursts of a group.
    """

    def __init__(self, *, seed: int, pace: float = PACE) -> None:
        self.pace = pace
        doors.PATIENCE, doors.TIMEOUT = PATIENCE, TIMEOUT
        house = people.settle(PEOPLE, providers=GROUPS, customers=2 * GROUPS, guests=GROUPS)
        self.history, self.over = History(), threading.Event()
        acts = Acts(house, self.history)
        self.streams = [
            Stream(_group(house, number), acts, seed=seed + number, days=DAYS)
            for number in range(GROUPS)
        ]
        self.pool = ThreadPoolExecutor(GROUPS)
        self.walking: list[Future[None]] = []

    def begin(self) -> None:
        self.walking = [self.pool.submit(self._walk, stream) for stream in self.streams]

    def _walk(self, stream: Stream) -> None:
        while not self.over.wait(self.pace):
            stream.burst()

    def end(self) -> None:
        """Once everybody has got their last answer; raises what went wrong for one of them."""
        self.over.set()
        self.pool.shutdown()
        for stream in self.streams:
            stream.end()
        for each in self.walking:
            each.result()


def _group(house: people.House, number: int) -> people.House:
    return people.House(
        house.providers[number::GROUPS],
        house.customers[number::GROUPS],
        house.guests[number::GROUPS],
        house.tokens,
    )

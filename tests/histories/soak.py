"""A stream of calls at an even pace, while what carries it is killed at random."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

from tests.histories.acts import Acts
from tests.histories.calls import DONE, REFUSED, UNKNOWN, History
from tests.histories.doors import PAUSE
from tests.histories.people import House
from tests.histories.running import KILLS, Running
from tests.histories.stream import Stream

LATE = 2  # times the seconds that were asked for: where the machine does not keep up
EVERY = 12.0  # seconds between two kills, more or less; a short run has one of each kind


class Size(NamedTuple):
    calls: int
    seconds: float
    seed: int

    @classmethod
    def asked(cls) -> Size:
        """By the environment; without it a run that is short and cheap."""
        given = os.environ.get
        seed = given("SOAK_SEED") or random.randrange(1_000_000)
        calls, seconds = given("SOAK_CALLS", 300), given("SOAK_SECONDS", 20)
        return cls(int(calls), float(seconds), int(seed))

    @property
    def days(self) -> int:
        return max(2, min(12, self.calls // 800))


class Soak:
    def __init__(self, running: Running, house: House, size: Size) -> None:
        self.running, self.size = running, size
        self.history = History()
        self.random = random.Random(size.seed)
        self.stream = Stream(house, Acts(house, self.history), seed=size.seed, days=size.days)
        self.killed: Counter[str] = Counter()
        self.kinds = self._shuffled()

    def run(self) -> None:
        begun = time.monotonic()
        house = self.stream.house
        bursts = self.size.calls / (len(house.customers) + len(house.guests) + 2)
        pause = min(EVERY, self.size.seconds / (len(KILLS) + 1))
        due = begun + pause
        for number in count():
            late = time.monotonic() - begun > self.size.seconds * LATE
            if len(self.history.calls) >= self.size.calls or late:
                break
            kills = time.monotonic() >= due
            self.stream.burst(self._kill if kills else lambda: None)
            if kills:
                self.running.until_ready()
                due = time.monotonic() + pause * self.random.uniform(0.4, 1.2)
            PAUSE.wait(max(0, begun + number * self.size.seconds / bursts - time.monotonic()))
        self.stream.end()

    def settle(self, *, seconds: float) -> None:
        """Let the worker come to its end, for so long at the most, and read what stands."""
        self.running.until_ready()
        deadline = time.monotonic() + seconds
        while self.running.jobs() and time.monotonic() < deadline:
            PAUSE.wait(1)
        self.history.standing = self.running.standing()

    def _kill(self) -> None:
        """In the middle of what everybody is doing."""
        PAUSE.wait(self.random.uniform(0, 0.3))
        kind = next(self.kinds)
        self.running.kill(kind, self.random)
        self.killed[kind] += 1

    def _shuffled(self) -> Iterator[str]:
        while True:
            yield from self.random.sample([*KILLS], len(KILLS))

    def figures(self) -> dict[str, object]:
        calls = self.history.calls
        outcomes = Counter(call.outcome for call in calls)
        answered = [call.ended - call.begun for call in calls if call.outcome != UNKNOWN]
        return {
            "seed": self.size.seed,
            "calls": len(calls),
            "done": outcomes[DONE],
            "refused": outcomes[REFUSED],
            "unknown": outcomes[UNKNOWN],
            "sent_again": sum(call.sends - 1 for call in calls),
            "acts": len(self.history.standing.acts),
            "killed": sum(self.killed.values()),
            **{kind.replace(" ", "_"): n for kind, n in sorted(self.killed.items())},
            "median_s": round(sorted(answered)[len(answered) // 2], 3),
            "worst_s": round(max(answered), 1),
            "jobs_left": len(self.history.standing.waiting),
        }

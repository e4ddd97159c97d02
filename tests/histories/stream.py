"""A stream of calls: bursts in which everybody acts at the same moment on one provider's day.

What is asked is drawn from a seed; how it comes out is the business of whoever answers.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.histories.acts import Acts
from tests.histories.people import CLOSES, HOUR, OPENS, House, Person, day_of

NEAR = 4  # starts that a burst presses on
Task = Callable[[], Any]

CUSTOMERS = {"book": 34, "series": 8, "hold": 12, "move": 15, "cancel": 13, "free": 12, "look": 6}
PROVIDERS = {"book": 14, "away": 18, "back": 14, "move": 14, "cancel": 18, "answer": 22}


class Stream:
    """`days`: on how many somebody wants something; the first is the day after tomorrow."""

    def __init__(self, house: House, acts: Acts, *, seed: int, days: int) -> None:
        self.house, self.acts, self.days = house, acts, days
        self.random = random.Random(seed)
        self.pool = ThreadPoolExecutor(len(house.everybody))

    def burst(self, meanwhile: Task = lambda: None) -> None:
        """Everybody once, all at the same moment; `meanwhile` is done while they wait."""
        of = self.random.choice(self.house.providers)
        day = day_of(2 + self.random.randrange(self.days))
        rows = self.acts.agenda(of, day)
        tasks = self._tasks(of, day, rows)
        barrier = threading.Barrier(len(tasks))
        futures = [self.pool.submit(_at_once, barrier, task) for task in tasks]
        meanwhile()
        for future in futures:
            future.result()

    def end(self) -> None:
        self.pool.shutdown()

    def _tasks(self, of: Person, day: float, rows: list[dict[str, Any]]) -> list[Task]:
        first = OPENS + self.random.randrange(CLOSES - OPENS - NEAR)
        starts = [day + (first + n / 2) * HOUR for n in range(NEAR)]
        callers = [*self.house.customers, *self.house.guests]
        tasks = [self._customers(each, of, day, starts, rows) for each in callers]
        return [*tasks, self._providers(of, starts, rows)]

    def _drawn(self, weights: dict[str, int]) -> str:
        return self.random.choices([*weights], [*weights.values()])[0]

    def _customers(
        self, person: Person, of: Person, day: float, starts: list[float], rows: list[Any]
    ) -> Task:
        acts, verb, door = self.acts, self._drawn(CUSTOMERS), self._door()
        what, start = self.random.choice(of.services), self.random.choice(starts)
        how = self.random.choice(["fail", "skip", "shift"])
        mine = [row for row in rows if self._is_theirs(person, row)]
        if "id" in person.hold:
            return self._goes_on(person, door)
        if verb in {"move", "cancel", "look"} and mine:
            return self._of_theirs(person, door, verb, self.random.choice(mine), start)
        if verb == "series":
            return lambda: acts.series(person, door, of, what, start, how)
        if verb == "hold":
            return lambda: acts.hold(person, door, of, what, start)
        if verb == "free":
            return lambda: acts.free(person, of, what, day)
        return lambda: acts.book(person, door, of, what, start)

    def _of_theirs(
        self, person: Person, door: str, verb: str, row: dict[str, Any], start: float
    ) -> Task:
        if verb == "move":
            return lambda: self.acts.move(person, door, row, start)
        if verb == "cancel":
            return lambda: self.acts.cancel(person, door, row)
        return lambda: self.acts.look(person, row)

    def _goes_on(self, person: Person, door: str) -> Task:
        """What they hold they book, or let go."""
        held = person.hold
        if self.random.random() < 0.3:
            return lambda: self.acts.release(person, held["of"])

        def book() -> None:
            self.acts.book(person, door, held["of"], held["what"], held["start"])
            person.hold = {}

        return book

    def _is_theirs(self, person: Person, row: dict[str, Any]) -> bool:
        named = row["customer"]["name"].strip() == person.name
        return named and (person.kind != "guest" or row["id"] in self.house.tokens)

    def _providers(self, person: Person, starts: list[float], rows: list[Any]) -> Task:
        acts, verb, door = self.acts, self._drawn(PROVIDERS), self._door()
        what, start = self.random.choice(person.services), self.random.choice(starts)
        conflicts = self.random.choice(["keep", "cancel", "cancel"])
        asked = [row for row in rows if row["status"] == "pending" or row["proposed"]]
        if verb == "answer" and asked:
            row, act = self.random.choice(asked), self.random.choice([acts.accept, acts.decline])
            return lambda: act(person, door, row)
        if verb in {"move", "cancel"} and rows:
            row = self.random.choice(rows)
            if verb == "move":
                return lambda: acts.move(person, door, row, start)
            return lambda: acts.cancel(person, door, row)
        if person.offs and (verb == "back" or len(person.offs) > self.days // 2):
            off = person.offs.pop(self.random.randrange(len(person.offs)))
            return lambda: acts.back(person, door, off)
        if verb == "away":
            end = start + self.random.choice([1, 2]) * HOUR
            return lambda: acts.away(person, door, start, end, conflicts)
        return lambda: acts.book(person, door, person, what, start)

    def _door(self) -> str:
        return self.random.choice(["api", "page"])


def _at_once(barrier: threading.Barrier, task: Task) -> None:
    barrier.wait()
    task()

"""A history: every call with its real times and its answer, and what stood in the database after it.

It is kept as JSON Lines, a call a line, so that one that went wrong can be read again:
`python -m tests.histories FILE`.
"""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.histories.standing import Standing

DONE, REFUSED, UNKNOWN = "done", "refused", "unknown"
NEVER = math.inf


@dataclass
class Call:
    """One call of somebody, sent once or, with the same key, until it was answered.

    Times are seconds. `ended` is NEVER where no answer came: it may have been carried out or not.
    `label` stands in what the call leaves behind, where there is room for words.
    """

    number: int
    who: str
    door: str
    verb: str
    provider: str
    begun: float
    ended: float = NEVER
    outcome: str = UNKNOWN
    code: str = ""
    sends: int = 1
    label: str = ""
    user: str = ""  # the account whose own time it would take
    asked: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        span = f"{self.begun:.3f}–{self.ended:.3f}"
        told = f"{self.outcome} {self.code}".strip()
        return f"call {self.number} ({self.who} by {self.door}: {self.verb}, {span}, {told})"

    @property
    def done(self) -> bool:
        return self.outcome == DONE

    @property
    def refused(self) -> bool:
        return self.outcome == REFUSED

    def beside(self, begun: float, ended: float) -> bool:
        """Whether it was under way at some moment of that time."""
        return self.begun <= ended and begun <= self.ended


@dataclass
class History:
    """All calls of a run, in the order in which they began, and what stood when all was over.

    `stamped`: the times of the calls are of the same clock as those of the acts.
    """

    calls: list[Call] = field(default_factory=list)
    standing: Standing = field(default_factory=Standing)
    stamped: bool = True
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def begin(self, **what: Any) -> Call:
        """Note a call that is about to be sent."""
        with self.lock:
            call = Call(len(self.calls) + 1, **what)
            self.calls.append(call)
        return call

    def save(self, path: Path) -> None:
        lines = [json.dumps({"stamped": self.stamped, "standing": self.standing.plain()})]
        lines += [json.dumps(asdict(call)) for call in self.calls]
        path.write_text("\n".join(lines) + "\n")

    @classmethod
    def load(cls, path: Path) -> History:
        first, *calls = _lines(path)
        standing = Standing.of_plain(first["standing"])
        return cls([Call(**call) for call in calls], standing, stamped=first["stamped"])


def _lines(path: Path) -> Iterator[Any]:
    with path.open() as lines:
        yield from map(json.loads, lines)

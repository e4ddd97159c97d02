"""Faults by the call, and the record of every call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from openslot.devtools.google.errors import Refused

Drop = Literal["", "before", "after"]


@dataclass
class Call:
    """A request as it came, with the answer that left (or would have left)."""

    id: str  # of the method, such as calendar.events.list; else the path
    verb: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: Any = None
    status: int = 0  # 0: nothing was answered
    answer: Any = None

    def first(self, name: str) -> str:
        return (self.query.get(name) or [""])[0]


@dataclass
class Fault:
    """What goes wrong with the next calls of a kind."""

    call: str  # method id or path, `*` for all
    status: int = 0
    reason: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    delay: float = 0  # seconds before anything is done
    drop: Drop = ""  # the connection is reset before, or after, the act
    cut: bool = False  # half of the answer is sent
    times: int = 1
    skip: int = 0
    met: int = 0

    def concerns(self, call: str) -> bool:
        return self.call in {call, "*"} or (
            self.call.endswith("*") and call.startswith(self.call[:-1])
        )

    def refusal(self) -> Refused | None:
        """The answer in place of the call's own."""
        if not self.status:
            return None
        reason = self.reason or {429: "rateLimitExceeded", 403: "forbidden", 401: "authError"}.get(
            self.status, "backendError"
        )
        refused = Refused(self.status, reason)
        refused.headers |= self.headers
        return refused


class Faults:
    def __init__(self) -> None:
        self.planned: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        self.planned.append(fault)
        return fault

    def clear(self) -> None:
        self.planned.clear()

    def next(self, call: str) -> Fault | None:
        """The fault of this call, used up by one."""
        for fault in list(self.planned):
            if not fault.concerns(call):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.met += 1
            fault.times -= 1
            if not fault.times:
                self.planned.remove(fault)
            return fault
        return None

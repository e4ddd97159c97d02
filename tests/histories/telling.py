"""Histories as they are told in a test: who called when, and what it left behind."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.histories.calls import DONE, NEVER, REFUSED, Call, History
from tests.histories.standing import Act, Appointment, Away, Move

TEN = 36_000.0  # a time of the day, in seconds
HOUR = 3600.0
ADA = "ada"


class Tale:
    """Calls and acts, each at seconds that are said. `written` is in the order of the commits."""

    def __init__(self) -> None:
        self.history = History()

    def call(self, who: str, verb: str, when: tuple[float, float], **more: Any) -> Call:
        """A call that was done, unless it says otherwise."""
        begun, ended = when
        asked = more.pop("asked", {})
        asked = {"spans": [(TEN, TEN + HOUR)], "before": 0.0, "after": 0.0} | asked
        what = {"outcome": DONE, "label": f"{who} {verb} {begun}", "user": who} | more
        return self.history.begin(
            who=who,
            door="api",
            verb=verb,
            provider=ADA,
            begun=begun,
            ended=ended,
            asked=asked,
            **what,
        )

    def refusal(
        self, who: str, verb: str, when: tuple[float, float], code: str, **asked: Any
    ) -> Call:
        return self.call(who, verb, when, outcome=REFUSED, code=code, asked=asked)

    def booked(self, who: str, when: tuple[float, float], start: float = TEN) -> Appointment:
        """A booking and what it leaves, committed in the middle."""
        span = (start, start + HOUR)
        call = self.call(who, "book", when, asked={"spans": [span]})
        row = Appointment(
            f"visit {call.number}", ADA, who, who, *span, 0, 0, "confirmed", None, call.label
        )
        self.history.standing.appointments[row.id] = row
        changes = {"start": [None, iso(start)], "end": [None, iso(start + HOUR)]}
        self.written(row, "book", "", "confirmed", at=sum(when) / 2, changes=changes)
        return row

    def cancelled(self, who: str, row: Appointment, when: tuple[float, float]) -> Call:
        call = self.call(who, "cancel", when, asked={"appointment": row.id, "role": "customer"})
        self.written(row, "cancel", row.status, "cancelled", at=sum(when) / 2, reason=call.label)
        row.status = "cancelled"
        return call

    def written(
        self, row: Appointment, action: str, origin: str, target: str, *, at: float, **more: Any
    ) -> Act:
        acts = self.history.standing.acts
        move = Move(row.id, action, origin, target, more.get("changes", {}))
        number = len(acts) + 1
        act = Act(
            f"act {number}", number, at, "customer", "api", "", more.get("reason", ""), [move]
        )
        acts.append(act)
        return act

    def away(self, when: tuple[float, float], **answer: Any) -> Away:
        """Ada is away from ten to eleven."""
        call = self.call("provider ada", "away", when, answer={"id": "off"} | answer)
        row = Away("off", ADA, TEN, TEN + HOUR, call.label)
        self.history.standing.away.append(row)
        return row

    def unanswered(self, call: Call) -> None:
        call.outcome, call.ended = "unknown", NEVER


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()

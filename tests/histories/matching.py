"""Which call each act comes from. Nothing may be left over on either side.

Where there is room for words a call leaves its label. Where there is none it is known by what was
done to which appointment and when: acts in their order take, of the calls that were under way, the
one that was answered first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from tests.histories.calls import NEVER, Call, History
from tests.histories.replay import Moment
from tests.histories.standing import Act, Move

BOOKS = {"book", "series"}
SAYS_WHY = {"cancel", "decline", "away"}  # their label is the reason of the act
ACTIONS = {"reschedule": "move", "propose": "move", "accept": "accept", "accept_proposal": "accept"}
MAY_DO_NOTHING = {"move", "away"}  # where it stands there already; where nothing is in the way
WRITES = BOOKS | SAYS_WHY | {"move", "accept"}
PATIENCE = 0.005  # seconds by which two readings of a clock may differ


class Matching:
    """`by_act` and `by_call` say what belongs together, `faults` what is left over."""

    def __init__(self, history: History) -> None:
        self.stamped = history.stamped
        self.standing = history.standing
        self.by_act: dict[str, Call] = {}
        self.by_call: dict[int, Act] = {}
        self.faults: list[str] = []
        self.asked: dict[object, list[Call]] = defaultdict(list)
        for call in history.calls:
            if call.verb in WRITES and not call.refused:
                self.asked[_key_of_call(call)].append(call)
        for act in self.standing.acts:
            if act.role != "system":
                self._match(act)
        self.faults += self._left_over(history.calls)

    def _match(self, act: Act) -> None:
        found = [call for call in self.asked[self._key_of_act(act)] if self._fits(call, act)]
        if not found:
            self.faults.append(f"nobody asked for it, or it was done before: {act}")
            return
        call = min(found, key=lambda each: (each.ended, each.number))
        self.by_act[act.id], self.by_call[call.number] = call, act

    def _key_of_act(self, act: Act) -> object:
        move = act.moves[0]
        if move.action == "book":
            return "book", self.standing.appointments[move.appointment].notes
        if move.action in ACTIONS:
            return ACTIONS[move.action], move.appointment
        return "why", act.reason

    def _fits(self, call: Call, act: Act) -> bool:
        if call.number in self.by_call:
            return False
        if call.verb == "move" and _new_start(act.moves[0]) not in {None, call.asked["start"]}:
            return False
        return not self.stamped or call.begun - PATIENCE <= act.at <= call.ended + PATIENCE

    def _left_over(self, calls: list[Call]) -> Iterator[str]:
        for call in calls:
            writes = call.verb in WRITES - MAY_DO_NOTHING
            if call.done and writes and call.number not in self.by_call:
                yield f"acknowledged, and lost: {call}"

    def moments(self) -> dict[str, Moment]:
        """When each act was committed."""
        found: dict[str, Moment] = {}
        after: dict[str, float] = {}
        for act in reversed(self.standing.acts):
            provider = self.standing.appointments[act.moves[0].appointment].provider
            call = self.by_act.get(act.id)
            begun, ended = (call.begun, call.ended) if call else (-NEVER, NEVER)
            if self.stamped:
                latest = max(act.at, min(ended, after.get(provider, NEVER)))
                found[act.id] = Moment(act.at, latest)
                after[provider] = act.at
            else:
                found[act.id] = Moment(begun, ended)
        return found


def _key_of_call(call: Call) -> object:
    if call.verb in BOOKS:
        return "book", call.label
    if call.verb in SAYS_WHY:
        return "why", call.label
    return call.verb, call.asked["appointment"]


def _new_start(move: Move) -> float | None:
    """Where a move has put it, or would; None where it stayed."""
    changes, proposes = move.changes, move.action == "propose"
    if proposes:
        return _seconds(changes["proposed"][1][0]) if "proposed" in changes else None
    return _seconds(changes["start"][1]) if "start" in changes else None


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()

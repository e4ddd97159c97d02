"""What leaves no moves behind: times that are held, and time off. Their calls alone say when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.histories.calls import NEVER, Call
from tests.histories.replay import Moment
from tests.histories.standing import Span, Standing

LASTS = 600.0  # seconds for which a time is held
ENDS_A_HOLD = {"hold", "release", "book", "series"}


@dataclass
class Kept:
    """A hold. `until` is when it may have ended first, `ends` when it had surely."""

    call: Call
    id: str
    own: Span
    held: Span
    until: float
    ends: float

    def possibly(self, begun: float, ended: float) -> bool:
        return self.call.begun <= ended and begun <= self.ends

    def surely(self, begun: float, ended: float) -> bool:
        return self.call.ended <= begun and ended < self.until


@dataclass
class Off:
    """A time off, from `begun` to `taken` when it may and must be there, and given `back`."""

    call: Call
    id: str
    span: Span
    back: Moment = field(default_factory=Moment)
    back_calls: set[int] = field(default_factory=set)

    @property
    def begun(self) -> float:
        return self.call.begun

    @property
    def taken(self) -> float:
        return self.call.ended

    @property
    def conflicts(self) -> list[str] | None:
        """The appointments in it, where the answer said so."""
        return self.call.answer.get("conflicts") if self.call.done else None

    def possibly(self, begun: float, ended: float) -> bool:
        return self.begun <= ended and begun <= self.back.latest

    def surely(self, begun: float, ended: float) -> bool:
        return self.taken <= begun and ended < self.back.earliest


def kept_times(calls: Sequence[Call]) -> dict[str, list[Kept]]:
    """The holds, by their providers."""
    found: dict[str, list[Kept]] = defaultdict(list)
    of_caller: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        if call.verb in ENDS_A_HOLD:
            of_caller[call.who].append(call)
    for call in calls:
        if call.verb == "hold" and not call.refused:
            later = [each for each in of_caller[call.who] if each.number > call.number]
            found[call.provider].append(_kept(call, later))
    return found


def _kept(call: Call, later: Iterable[Call]) -> Kept:
    [(start, end)] = call.asked["spans"]
    held = start - call.asked["before"], end + call.asked["after"]
    over = call.answer.get("expires", NEVER if call.ended == NEVER else call.ended + LASTS)
    later = [*later]
    first = min((each.begun for each in later), default=NEVER)
    ended = min((each.ended for each in later if _ends_it(each)), default=NEVER)
    return Kept(
        call, call.answer.get("id", ""), (start, end), held, min(over, first), min(over, ended)
    )


def _ends_it(later: Call) -> bool:
    """Another hold of the same caller, or letting go: nothing is kept for them from then on."""
    return later.done and later.verb in {"hold", "release"}


def times_off(calls: Sequence[Call], standing: Standing) -> dict[str, list[Off]]:
    """Those that were taken, by their providers; of those without an answer, what is there says."""
    ids = {row.reason: row.id for row in standing.away}
    found: dict[str, list[Off]] = defaultdict(list)
    backs: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        if call.verb == "back":
            backs[call.asked["id"]].append(call)
    for call in calls:
        if call.verb == "away" and not call.refused:
            pk = call.answer.get("id") or ids.get(call.label, "")
            off = Off(call, pk, tuple(call.asked["spans"][0]))
            _given_back(off, backs[pk] if pk else [])
            found[call.provider].append(off)
    return found


def _given_back(off: Off, calls: Sequence[Call]) -> None:
    tried = [call for call in calls if not call.refused]
    off.back_calls = {call.number for call in tried}
    off.back = Moment(
        min((call.begun for call in tried), default=NEVER),
        min((call.ended for call in tried if call.done), default=NEVER),
    )

"""The moves played again in their order: what stood when, and whether they tell one story.

When an act was committed nobody has seen; it lies between the moment that it went by, which is read
behind the locks, and the answer to its call, or the moment of the provider's next act.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from tests.histories.calls import NEVER
from tests.histories.standing import ACTIVE, Act, Appointment, Move, Span, overlap


@dataclass
class Moment:
    """When something became so: not before `earliest`, at `latest` surely."""

    earliest: float = NEVER
    latest: float = NEVER


@dataclass
class Tenancy:
    """A time that an appointment took of its provider, from one moment to another."""

    appointment: str
    provider: str
    user: str
    own: Span
    held: Span
    taken: Moment
    left: Moment = field(default_factory=Moment)
    by: str = ""  # the act that took it

    def possibly(self, begun: float, ended: float) -> bool:
        """Whether it may have stood at some moment of that time."""
        return self.taken.earliest <= ended and begun <= self.left.latest

    def surely(self, begun: float, ended: float) -> bool:
        """Whether it stood all that time."""
        return self.taken.latest <= begun and ended <= self.left.earliest


@dataclass
class State:
    """An appointment as the moves have made it so far."""

    status: str
    start: float = 0
    end: float = 0
    proposed: Span | None = None
    proposer: str = ""
    since: Moment = field(default_factory=Moment)
    until: Moment = field(default_factory=Moment)

    @property
    def active(self) -> bool:
        return self.status in ACTIVE

    def spans(self) -> set[Span]:
        spans = {(self.start, self.end), self.proposed} if self.active else set()
        return {span for span in spans if span}

    def possibly(self, begun: float, ended: float) -> bool:
        return self.since.earliest <= ended and begun <= self.until.latest


class Replay:
    """Plays every act; `faults` are those of the story itself."""

    def __init__(self, rows: dict[str, Appointment], moments: dict[str, Moment]) -> None:
        self.rows, self.moments = rows, moments
        self.states: dict[str, list[State]] = defaultdict(list)
        self.tenancies: list[Tenancy] = []
        self.standing: dict[str, list[Tenancy]] = defaultdict(list)  # by provider, now
        self.faults: list[str] = []

    def play(self, acts: list[Act]) -> None:
        for act in acts:
            for move in act.moves:
                self._move(act, move)
            touched = {move.appointment for move in act.moves}
            self._settle(act, touched)
        self.faults += self._ends()

    def _move(self, act: Act, move: Move) -> None:
        before = self.states[move.appointment][-1:]
        state = State(before[0].status if before else "")
        if before:
            state.start, state.end = before[0].start, before[0].end
            state.proposed, state.proposer = before[0].proposed, before[0].proposer
        if move.action == "book" and before:
            self.faults.append(f"booked twice: {move.appointment} in {act}")
        self.faults += _broken(state, move, act)
        _apply(state, move, act)
        state.since = self.moments[act.id]
        if before:
            before[0].until = state.since
        self.states[move.appointment].append(state)

    def _settle(self, act: Act, touched: set[str]) -> None:
        """What the act has let go of, then what it took."""
        now = self.moments[act.id]
        provider = self.rows[next(iter(touched))].provider
        wanted = {pk: self.states[pk][-1].spans() for pk in touched}
        kept: list[Tenancy] = []
        for each in self.standing[provider]:
            if each.appointment in touched and each.own not in wanted[each.appointment]:
                each.left = now
            else:
                wanted.get(each.appointment, set()).discard(each.own)
                kept.append(each)
        self.standing[provider] = kept
        for pk in touched:
            for span in wanted[pk]:
                self._take(act, self.rows[pk], span, now)

    def _take(self, act: Act, row: Appointment, span: Span, now: Moment) -> None:
        tenancy = Tenancy(
            row.id, row.provider, row.customer, span, row.widened(span), now, by=act.id
        )
        for other in self.standing[row.provider]:
            if other.appointment != row.id and overlap(other.held, tenancy.held):
                self.faults.append(
                    f"two at the same time: {row.id} and {other.appointment}, since {act}"
                )
        self.tenancies.append(tenancy)
        self.standing[row.provider].append(tenancy)

    def _ends(self) -> Iterator[str]:
        """Whether the rows are what the moves have made of them."""
        for pk, row in self.rows.items():
            if not self.states[pk]:
                yield f"nobody booked it, and it stands there: {pk}"
                continue
            last = self.states[pk][-1]
            story = (last.status, last.start, last.end, last.proposed)
            stands = (row.status, row.start, row.end, row.proposed and tuple(row.proposed))
            if story != stands:
                yield f"{pk} stands at {stands}, and its moves end at {story}"


def _broken(state: State, move: Move, act: Act) -> Iterator[str]:
    """Where a move does not begin at what the one before has left."""
    if move.origin != state.status:
        yield (
            f"a lost act: {move.appointment} was {state.status or 'not there'} "
            f"and went on from {move.origin or 'not there'} in {act}"
        )
    for name, value in _values(move, 0).items():
        if move.origin and getattr(state, name) != value:
            yield f"a lost act: {name} of {move.appointment} was another one before {act}"


def _apply(state: State, move: Move, act: Act) -> None:
    state.status = move.target
    for name, value in _values(move, 1).items():
        setattr(state, name, value)
    if "proposed" in move.changes:
        state.proposer = act.role if state.proposed else ""


def _values(move: Move, which: int) -> dict[str, float | Span | None]:
    """What a move says of times, before (0) or after (1)."""
    said = {name: pair[which] for name, pair in move.changes.items() if name in TIMES}
    return {name: _seconds(value) for name, value in said.items()}


TIMES = {"start", "end", "proposed"}


def _seconds(value: str | list[str] | None) -> float | Span | None:
    if value is None:
        return None
    if isinstance(value, str):
        return datetime.fromisoformat(value).timestamp()
    start, end = (datetime.fromisoformat(each).timestamp() for each in value)
    return start, end

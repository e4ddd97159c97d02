"""What is wrong with a history, in sentences; nothing where nothing is.

After Elle's idea: whoever has seen every call with its times, and what was left behind, needs to
know nothing of how it was done. Five things are asked.

1. No two overlap, at any moment: the moves are played again in their order.
2. No act is lost or doubled: each belongs to a call, each acknowledged call has one, and each move
   begins at what the one before it has left.
3. No order against real time: what was answered before another call began comes before it, in the
   acts, in what is read, and in what counts as free.
4. Every refusal, and every time that is not shown, is explained by something that may have stood at
   that moment. Whatever is not known for sure counts in favour of the answer.
5. Every act is told of, or a job waits that will.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from tests.histories.calls import NEVER, Call, History
from tests.histories.keeping import Kept, Off, kept_times, times_off
from tests.histories.matching import Matching
from tests.histories.replay import Moment, Replay, State, Tenancy
from tests.histories.standing import Act, Span, overlap


def faults(history: History) -> list[str]:
    return list(Checker(history).faults())


def of_crowd(history: History) -> list[str]:
    """The same of calls that say what came of them, and not what they asked for: the story of the
    moves, and that each acknowledged booking stands there, written between its beginning and end.
    """
    standing = history.standing
    replay = Replay(standing.appointments, {act.id: Moment() for act in standing.acts})
    replay.play(standing.acts)
    booked = {
        move.appointment: act.order
        for act in standing.acts
        for move in act.moves
        if move.action == "book"
    }
    made = [call for call in history.calls if call.done and "appointment" in call.answer]
    lost = [f"acknowledged, and lost: {call}" for call in made if not _stands(call, booked)]
    return [*replay.faults, *lost, *_turned_round(made, booked)]


def _stands(call: Call, booked: dict[str, int]) -> bool:
    return call.answer["appointment"] in booked


def _turned_round(made: list[Call], booked: dict[str, int]) -> Iterator[str]:
    """Of one provider: answered before another call began, and written after it."""
    by_provider: dict[str, list[Call]] = defaultdict(list)
    for call in made:
        if call.verb == "book" and _stands(call, booked):
            by_provider[call.provider].append(call)
    for calls in by_provider.values():
        ended, first = NEVER, None
        for call in sorted(calls, key=lambda each: -booked[each.answer["appointment"]]):
            if ended < call.begun:
                yield f"against real time: {first} comes after {call}, and was answered before"
            if call.ended < ended:
                ended, first = call.ended, call


class Checker:
    def __init__(self, history: History) -> None:
        self.history, self.standing = history, history.standing
        self.matching = Matching(history)
        self.replay = Replay(self.standing.appointments, self.matching.moments())
        self.replay.play(self.standing.acts)
        self.holds = kept_times(history.calls)
        self.away = times_off(history.calls, self.standing)
        self.tenancies: dict[str, list[Tenancy]] = defaultdict(list)
        self.of_person: dict[str, list[Tenancy]] = defaultdict(list)
        for each in self.replay.tenancies:
            self.tenancies[each.provider].append(each)
            self.of_person[each.user].append(each)

    def faults(self) -> Iterator[str]:
        yield from self.replay.faults
        yield from self.matching.faults
        yield from self._against_real_time()
        yield from self._older_than_shown()
        yield from self._kept_and_given_away()
        yield from self._off_and_booked()
        yield from self._off_and_lost()
        yield from self._in_two_places()
        for call in self.history.calls:
            if call.code == "server_error":
                yield f"an answer that explains nothing: {call}"
            elif call.refused:
                yield from self._unexplained(call)
            elif call.done and call.verb == "series":
                yield from self._left_out(call)
            elif call.done and call.verb == "free":
                yield from self._shown(call)
        yield from self._untold()

    # Order ------------------------------------------------------------------------------------

    def _against_real_time(self) -> Iterator[str]:
        """Of one provider, an act after another one although its call had ended before."""
        first: dict[str, tuple[float, Act]] = {}  # of those that come later: what ended first
        for act in reversed(self.standing.acts):
            call = self.matching.by_act.get(act.id)
            provider = self.standing.appointments[act.moves[0].appointment].provider
            ended, later = first.get(provider, (NEVER, None))
            if call and ended < call.begun:
                yield f"against real time: {later} comes after {act}, and was answered before"
            if call and call.ended < ended:
                first[provider] = call.ended, act

    def _older_than_shown(self) -> Iterator[str]:
        """Of one appointment, a version older than one that somebody had seen before."""
        seen: dict[str, list[tuple[float, float, int, Call]]] = defaultdict(list)
        for call in self.history.calls:
            if call.done and "version" in call.answer:
                pk, version = call.answer["appointment"], call.answer["version"]
                seen[pk].append((call.begun, call.ended, version, call))
        for sightings in seen.values():
            for begun, _, version, call in sightings:
                before = [each for each in sightings if each[1] < begun]
                newest = max(before, key=lambda each: each[2], default=None)
                if newest and newest[2] > version:
                    yield f"older than what was shown before: {call}, after {newest[3]}"

    # Time that was somebody else's ------------------------------------------------------------

    def _kept_and_given_away(self) -> Iterator[str]:
        """Taken by somebody else, begun and answered while it was kept."""
        for tenancy in self.replay.tenancies:
            call = self.matching.by_act.get(tenancy.by)
            if call is None:
                continue
            for hold in self.holds[tenancy.provider]:
                others = hold.call.who != call.who and hold.surely(call.begun, call.ended)
                if others and overlap(hold.held, tenancy.held):
                    yield f"kept for somebody, and given away: {hold.call}, {call}"

    def _off_and_booked(self) -> Iterator[str]:
        """By a customer, in a time off that does not list it and was there before or after."""
        for tenancy in self.replay.tenancies:
            call = self.matching.by_act.get(tenancy.by)
            if call is None or call.who.startswith("provider"):
                continue
            for off in self.away[tenancy.provider]:
                if overlap(off.span, tenancy.own) and self._contradict(off, tenancy, call):
                    yield f"booked in a time off that does not know of it: {call}, {off.call}"

    def _contradict(self, off: Off, tenancy: Tenancy, call: Call) -> bool:
        stood_before = off.begun <= call.ended and call.ended < off.back.earliest
        if stood_before and off.taken < call.begun:
            return True
        listed = off.conflicts
        unlisted = listed is not None and tenancy.appointment not in listed
        there = tenancy.left.earliest > off.taken  # it was not gone before
        return bool(unlisted and there and call.ended < off.back.earliest)

    def _off_and_lost(self) -> Iterator[str]:
        rows: dict[str, int] = defaultdict(int)
        for row in self.standing.away:
            rows[row.reason] += 1
        for off in (each for some in self.away.values() for each in some):
            call, count = off.call, rows.pop(off.call.label, 0)
            if count > 1:
                yield f"done twice: {call}"
            if call.done and not count and off.back.earliest == NEVER:
                yield f"acknowledged, and lost: {call}"
            if count and off.back.latest != NEVER:
                yield f"given back, and still there: {call}"
        for reason in rows:
            yield f"nobody asked for a time off: {reason}"

    def _in_two_places(self) -> Iterator[str]:
        """Somebody whose own time is taken twice."""
        active = [row for row in self.standing.appointments.values() if row.held and row.user]
        active.sort(key=lambda row: (row.user, row.start))
        for one, other in pairwise(active):
            if one.user == other.user and other.start < one.end:
                yield f"somebody in two places: {one.id} and {other.id}"

    # Why not ----------------------------------------------------------------------------------

    def _unexplained(self, call: Call) -> Iterator[str]:
        if call.code == "series_conflict":
            for clash in call.answer.get("conflicts", []):
                if not self._explained(call, clash["reason"], _wanted(call, clash["start"])):
                    yield f"refused for no reason ({clash['reason']}): {call}"
            return
        if not any(
            self._explained(call, call.code, span) for span in call.asked.get("spans", [[]])
        ):
            yield f"refused for no reason: {call}"

    def _left_out(self, call: Call) -> Iterator[str]:
        """A date that a series went without, although nothing stood there."""
        for each in call.answer.get("skipped", []):
            if not self._explained(call, each["reason"], _wanted(call, each["start"])):
                yield f"left out for no reason ({each['reason']}, {each['start']}): {call}"

    def _explained(self, call: Call, code: str, span: Span) -> bool:
        match code:
            case "slot_taken":
                return self._taken(call, _held(call, span))
            case "slot_unavailable":
                return self._off(call, _held(call, span))
            case "customer_busy":
                return self._busy(call, span)
            case "invalid_transition" | "not_allowed" | "version_mismatch":
                return self._stood_otherwise(call)
            case "not_found":
                return self._was_gone(call)
        return False

    def _taken(self, call: Call, held: Span) -> bool:
        others = (each for each in self.tenancies[call.provider] if not _same(each, call))
        return (
            any(
                each.possibly(call.begun, call.ended) and overlap(each.held, held)
                for each in others
            )
            or any(
                each.possibly(call.begun, call.ended) and overlap(each.held, held)
                for each in self.holds[call.provider]
                if each.call is not call and not self._own(each, call)
            )
            or self._off(call, held)
        )

    @staticmethod
    def _own(hold: Kept, call: Call) -> bool:
        """Whether what is refused is what the caller holds."""
        return hold.call.who == call.who and [*hold.own] in [
            [*each] for each in call.asked["spans"]
        ]

    def _off(self, call: Call, span: Span) -> bool:
        return any(
            each.possibly(call.begun, call.ended) and overlap(each.span, span)
            for each in self.away[call.provider]
        )

    def _busy(self, call: Call, span: Span) -> bool:
        mine = self.of_person[call.user] if call.user else []
        return any(
            not _same(each, call)
            and each.possibly(call.begun, call.ended)
            and overlap(each.own, span)
            for each in mine
        )

    def _stood_otherwise(self, call: Call) -> bool:
        """Whether the appointment may have stood so that this could not be done."""
        states = self.replay.states[call.asked["appointment"]]
        possible = [state for state in states if state.possibly(call.begun, call.ended)]
        if call.code == "version_mismatch":
            return len(possible) > 1
        return any(_forbids(state, call) for state in possible)

    def _was_gone(self, call: Call) -> bool:
        if call.verb == "back":
            offs = [off for off in self.away[call.provider] if off.id == call.asked["id"]]
            return any(off.back_calls - {call.number} for off in offs) or not offs
        holds = [each for each in self.holds[call.provider] if each.id == call.asked.get("id")]
        return any(each.until <= call.ended or each.ends <= call.ended for each in holds)

    # What is shown ----------------------------------------------------------------------------

    def _shown(self, call: Call) -> Iterator[str]:
        before, after = call.asked["before"], call.asked["after"]
        shown = {start for start, _ in call.answer["slots"]}
        for start, end in call.asked["spans"]:
            held = (start - before, end + after)
            if start in shown and self._surely_taken(call, (start, end), held):
                yield f"shown although it was taken ({start}): {call}"
            if start not in shown and not self._taken(call, held):
                yield f"not shown although nothing stood there ({start}): {call}"

    def _surely_taken(self, call: Call, own: Span, held: Span) -> bool:
        begun, ended = call.begun, call.ended
        booked = self.tenancies[call.provider]
        return (
            any(each.surely(begun, ended) and overlap(each.held, held) for each in booked)
            or any(
                each.surely(begun, ended) and overlap(each.held, held)
                for each in self.holds[call.provider]
            )
            or any(
                each.surely(begun, ended) and overlap(each.span, own)
                for each in self.away[call.provider]
            )
        )

    # What is told -----------------------------------------------------------------------------

    def _untold(self) -> Iterator[str]:
        yield from (f"a job was given up: {each}" for each in self.standing.failed)
        known = {*self.standing.waiting, *self.standing.told}
        for act in self.standing.acts if known else ():
            if act.role == "customer" and act.id not in known:
                yield f"nobody was told of it, and no job will: {act}"


def _held(call: Call, span: Span) -> Span:
    """With its buffers: they must meet no time off either."""
    return span[0] - call.asked["before"], span[1] + call.asked["after"]


def _wanted(call: Call, start: float) -> Span:
    """One date of a series; as long as the first."""
    first = call.asked["spans"][0]
    return start, start + first[1] - first[0]


def _same(tenancy: Tenancy, call: Call) -> bool:
    """What is moved is not in its own way."""
    return tenancy.appointment == call.asked.get("appointment")


def _forbids(state: State, call: Call) -> bool:
    if not state.active:
        return True
    if call.verb in {"accept", "decline"}:
        mine = state.proposed is not None and state.proposer == call.asked["role"]
        return mine or (state.proposed is None and state.status != "pending")
    return False

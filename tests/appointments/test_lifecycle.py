"""Who may do what, when: the cases come from the table of moves, so that none can be left out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

import pytest
from django.db import transaction

from openslot.appointments import errors, moves
from openslot.appointments.changing import answers, cancelling, editing, outcomes, rescheduling
from openslot.appointments.changing import clock as by_itself
from openslot.appointments.models import ACTIVE, Appointment, Move, Role, Status
from openslot.kernel.errors import DomainError, NotAllowed, NotFound, VersionMismatch
from tests import town
from tests.appointments import traces

pytestmark = pytest.mark.django_db

START = town.at(8, day=1)  # tomorrow at 10:00 in Berlin
ASIDE = town.at(10, day=1)  # the time that is proposed
ELSEWHERE = town.at(12, day=2)  # where a move leads
NOTICE = timedelta(hours=24)
TABLE = moves.MOVES | moves.PROPOSAL_MOVES

# How somebody sets an action off; the clock's are done by nobody.
CALLS: dict[str, Callable[..., Appointment]] = {
    "accept": answers.accept,
    "decline": answers.decline,
    "cancel": cancelling.cancel,
    "withdraw": answers.withdraw,
    "complete": outcomes.complete,
    "no_show": outcomes.no_show,
    "reschedule": lambda pk, **by: rescheduling.reschedule(pk, start=ELSEWHERE, **by),
    "propose": lambda pk, **by: rescheduling.reschedule(pk, start=ELSEWHERE, propose=True, **by),
    "edit": lambda pk, **by: editing.annotate(pk, notes="The back door, please", **by),
}
BY_THE_CLOCK = {
    "expire": by_itself.expire_requests,
    "expire_proposal": by_itself.expire_proposals,
    "complete": by_itself.complete_ended,
}
ANSWERS = {"accept": "accept_proposal", "decline": "decline_proposal"}  # while one is open
BUTTONS = ("accept", "decline", "withdraw", "reschedule", "cancel", "complete", "no_show")

WHO = {"customer": Role.CUSTOMER, "provider": Role.PROVIDER, "stranger": None}


class State(NamedTuple):
    status: Status
    proposed_by: str

    def __str__(self) -> str:
        return self.status.value + (f"-{self.proposed_by}-proposes" if self.proposed_by else "")


STATES = [State(status, "") for status in Status] + [
    State(status, side) for status in ACTIVE for side in ("customer", "provider")
]


@pytest.fixture
def people_of(ada, bob, eve):
    return {"provider": ada, "customer": bob, "stranger": eve}


@pytest.fixture
def standing(massage, people_of):
    """An appointment of Bob's with Ada (who answers every request), in the state asked for."""

    def make(state):
        provider = massage.provider
        provider.cancellation_notice_hours = NOTICE // timedelta(hours=1)
        provider.complete_after_hours = 1
        provider.save()
        made = town.book(massage.pk, by=people_of["customer"], start=START)
        made.status = state.status
        made.expires_at = START if state.status == Status.PENDING else None
        if state.proposed_by:
            made.proposed_start, made.proposed_end = ASIDE, ASIDE + made.duration
            made.proposed_by, made.proposal_expires_at = state.proposed_by, START
        made.hold()
        made.save()
        return made

    return make


@pytest.fixture
def in_its_time(call, state, standing, clock):
    """The same, when the call is not too early."""
    made = standing(state)
    if call in ("complete", "no_show"):
        clock.move_to(made.start)
    return made


def meant(call: str, state: State, role: Role | None) -> str:
    """The action of the table that a call means, as it stands."""
    if state.proposed_by and call in ANSWERS:
        return ANSWERS[call]
    asks_first = role == Role.CUSTOMER and state.status == Status.CONFIRMED
    if call == "reschedule" and asks_first:
        return "propose"
    if call == "propose" and role == Role.CUSTOMER and not asks_first:
        return "reschedule"
    return call


def refusal(call: str, state: State, role: Role | None) -> type[DomainError] | None:
    """What the table says to a call: the error, or None where it is possible."""
    if role is None:
        return NotFound
    step = TABLE[meant(call, state, role)]
    if role not in step.roles:
        return NotAllowed
    if state.status not in step.origins:
        return errors.InvalidTransition
    if call in ANSWERS and state.proposed_by == role:
        return NotAllowed
    if call == "withdraw" and state.proposed_by != role:
        return NotAllowed if state.proposed_by else errors.InvalidTransition
    return None


def test_every_action_of_the_table_has_its_call():
    asked = set(CALLS) | set(ANSWERS.values()) | set(BY_THE_CLOCK) | {"book"}
    assert asked == set(TABLE)
    assert {name for name, step in TABLE.items() if Role.SYSTEM in step.roles} == set(BY_THE_CLOCK)


def test_what_has_ended_stays_as_it_ended():
    for name, step in TABLE.items():
        if name != "edit":
            assert step.origins <= set(ACTIVE), name


@pytest.mark.parametrize("state", STATES, ids=str)
@pytest.mark.parametrize("call", CALLS)
def test_the_table_of_moves_is_what_happens(call, state, in_its_time, people_of):
    before = traces.seen()
    for who, role in WHO.items():
        by, pk = people_of[who], in_its_time.pk
        expected = refusal(call, state, role)
        if expected is not None:
            with pytest.raises(DomainError) as caught:
                CALLS[call](pk, by=by)
            assert type(caught.value) is expected, who
        else:
            with transaction.atomic():
                CALLS[call](pk, by=by)
                _left_one_move(pk, before, meant(call, state, role), state)
                act = traces.only_act(traces.seen().since(before))
                assert (act.actor, act.role) == (by, role)
                transaction.set_rollback(True)
        assert traces.seen() == before  # the job vanished too


def _left_one_move(pk, before, action, state):
    new = traces.seen().since(before)
    assert set(new.rows) == {pk}
    assert new.rows[pk]["version"] == before.rows[pk]["version"] + 1
    (move,) = Move.objects.filter(pk__in=new.moves)
    target = TABLE[action].target or state.status
    assert (move.action, move.from_status, move.to_status) == (action, state.status, target)
    assert new.rows[pk]["status"] == target
    assert (new.rows[pk]["proposed_by"] != "") == (
        action == "propose" or (action == "edit" and state.proposed_by != "")
    )


@pytest.mark.parametrize("state", STATES, ids=str)
@pytest.mark.parametrize("action", BY_THE_CLOCK)
def test_the_clock_does_what_the_table_gives_it(action, state, standing, clock):
    appointment = standing(state)
    clock.move_to(appointment.end + timedelta(hours=1))
    before = traces.seen()
    due = state.status in TABLE[action].origins and (
        action != "expire_proposal" or state.proposed_by != ""
    )
    assert BY_THE_CLOCK[action]() == int(due)
    if due:
        _left_one_move(appointment.pk, before, action, state)
        act = traces.only_act(traces.seen().since(before))
        assert (act.actor, act.role) == (None, Role.SYSTEM)
    after = traces.seen()
    assert BY_THE_CLOCK[action]() == 0
    assert traces.seen() == (after if due else before)


TIMES = {
    "long before": town.NOW,
    "as the notice begins": START - NOTICE,
    "inside the notice": START - NOTICE + timedelta(microseconds=1),
    "just before the start": START - timedelta(microseconds=1),
    "at the start": START,
    "after it": START + timedelta(hours=3),
}


@pytest.mark.parametrize(
    ("state", "when"),
    [
        pytest.param(state, when, id=f"{state}-{when}")
        for state in STATES
        for when in (TIMES if state.status in ACTIVE else ["long before", "after it"])
    ],
)
def test_the_allowed_actions_are_those_that_work(state, when, standing, people_of, clock):
    appointment = standing(state)
    clock.move_to(TIMES[when])
    fresh = Appointment.objects.with_people().get(pk=appointment.pk)
    for user in people_of.values():
        works = {name for name in BUTTONS if _works(CALLS[name], appointment.pk, user)}
        offered = moves.open_to(fresh, user, now=TIMES[when])
        assert set(offered) == works, user
        assert len(offered) == len(set(offered))


def _works(call, pk, user):
    with transaction.atomic():
        try:
            call(pk, by=user)
        except DomainError:
            return False
        finally:
            transaction.set_rollback(True)
    return True


@pytest.mark.parametrize("who", ["customer", "provider"])
@pytest.mark.parametrize("call", CALLS)
def test_an_outdated_version_is_refused_before_all_else(call, who, standing, people_of):
    appointment = standing(State(Status.CONFIRMED, ""))
    before = traces.seen()
    with pytest.raises(VersionMismatch):
        CALLS[call](appointment.pk, by=people_of[who], expected=appointment.version + 1)
    assert traces.seen() == before


def test_a_change_wants_the_version_that_was_shown(standing, ada):
    appointment = standing(State(Status.CONFIRMED, ""))
    shown = appointment.version
    rescheduling.reschedule(appointment.pk, by=ada, start=ELSEWHERE, expected=shown)
    with pytest.raises(VersionMismatch):
        rescheduling.reschedule(appointment.pk, by=ada, start=START, expected=shown)


def test_an_appointment_of_somebody_else_and_none_at_all_are_the_same_to_a_stranger(
    standing, people_of
):
    appointment = standing(State(Status.PENDING, ""))
    answers = []
    for pk in (appointment.pk, people_of["stranger"].pk):
        with pytest.raises(NotFound) as caught:
            cancelling.cancel(pk, by=people_of["stranger"], expected=99)
        answers.append((str(caught.value), caught.value.extra))
    assert answers[0] == answers[1]

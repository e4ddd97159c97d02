"""Moving and proposing: what is held meanwhile, who answers, and until when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from openslot.appointments import errors
from openslot.appointments.changing import answers, cancelling, editing, rescheduling
from openslot.appointments.changing import clock as by_itself
from openslot.appointments.models import Appointment, Move, Status
from openslot.kernel.errors import Invalid, NotAllowed
from tests import town
from tests.appointments import traces
from tests.appointments.traces import refused
from tests.town import GUEST

pytestmark = pytest.mark.django_db

TEN = town.at(8, day=1)
NOON = town.at(10, day=1)
HALF_PAST = TEN + timedelta(minutes=30)


@pytest.fixture
def confirmed(massage, ada, bob):
    made = town.book(massage.pk, by=bob, start=TEN)
    return answers.accept(made.pk, by=ada)


@pytest.fixture
def proposed(confirmed, bob):
    """Bob asks for noon; ten o'clock is his until Ada answers."""
    return rescheduling.reschedule(confirmed.pk, by=bob, start=NOON)


def test_a_request_is_moved_at_once_by_both_sides(massage, ada, bob):
    made = town.book(massage.pk, by=bob, start=TEN)
    assert rescheduling.reschedule(made.pk, by=bob, start=NOON).start == NOON
    moved = rescheduling.reschedule(made.pk, by=ada, start=TEN)
    assert (moved.start, moved.status, moved.proposed) == (TEN, Status.PENDING, None)


def test_a_customer_of_an_automatic_provider_moves_at_once(haircut, bob):
    made = town.book(haircut.pk, by=bob, start=TEN)
    moved = rescheduling.reschedule(made.pk, by=bob, start=NOON)
    assert (moved.start, moved.status, moved.sequence) == (NOON, Status.CONFIRMED, 1)
    refused(Invalid, rescheduling.reschedule, made.pk, by=bob, start=TEN, propose=True)


def test_a_move_may_overlap_the_time_it_leaves(confirmed, ada, haircut, bob):
    assert rescheduling.reschedule(confirmed.pk, by=ada, start=HALF_PAST).start == HALF_PAST
    own = town.book(haircut.pk, by=bob, start=town.at(12, day=1))
    step = town.at(12, 30, day=1)
    assert rescheduling.reschedule(own.pk, by=bob, start=step).start == step


def test_both_times_are_held_while_one_is_proposed(proposed, massage, carol, ada):
    assert (proposed.start, proposed.proposed.start) == (TEN, NOON)
    for start in (TEN, NOON):
        refused(errors.SlotTaken, town.book, massage.pk, by=carol, start=start)
        refused(errors.SlotTaken, town.book, massage.pk, by=ada, start=start, customer=GUEST)
    town.book(massage.pk, by=carol, start=town.at(9, day=1))  # between the two


def test_accepting_a_proposal_moves_and_frees_the_old_time(proposed, massage, ada, carol):
    moved = answers.accept(proposed.pk, by=ada)
    assert (moved.start, moved.status, moved.proposed) == (NOON, Status.CONFIRMED, None)
    town.book(massage.pk, by=carol, start=TEN)
    refused(errors.SlotTaken, town.book, massage.pk, by=carol, start=NOON)


ENDINGS = {
    "declined": lambda pk, ada, bob: answers.decline(pk, by=ada, reason="Away then"),
    "withdrawn": lambda pk, ada, bob: answers.withdraw(pk, by=bob),
    "replaced": lambda pk, ada, bob: rescheduling.reschedule(pk, by=bob, start=town.at(13, day=1)),
}


@pytest.mark.parametrize("how", ENDINGS)
def test_a_proposal_that_ends_frees_its_time_alone(how, proposed, ada, bob, carol):
    ENDINGS[how](proposed.pk, ada, bob)
    kept = Appointment.objects.get(pk=proposed.pk)
    assert (kept.start, kept.status) == (TEN, Status.CONFIRMED)
    refused(errors.SlotTaken, town.book, kept.service_id, by=carol, start=TEN)
    town.book(kept.service_id, by=carol, start=NOON)


def test_a_proposal_that_nobody_answers_expires_and_frees_its_time(confirmed, ada, bob, clock):
    confirmed.provider.pending_expiry_hours = 2
    confirmed.provider.save()
    rescheduling.reschedule(confirmed.pk, by=bob, start=NOON)
    clock.move_to(town.NOW + timedelta(hours=2))
    assert by_itself.expire_proposals() == 1
    kept = Appointment.objects.get(pk=confirmed.pk)
    assert (kept.start, kept.status, kept.proposed) == (TEN, Status.CONFIRMED, None)
    town.book(kept.service_id, by=ada, start=NOON, customer=GUEST)


def test_the_side_that_proposed_does_not_answer(proposed, confirmed, ada, bob):
    refused(NotAllowed, answers.accept, proposed.pk, by=bob)
    refused(NotAllowed, answers.decline, proposed.pk, by=bob)
    refused(NotAllowed, answers.withdraw, proposed.pk, by=ada)


def test_a_provider_proposes_where_they_ask_to(confirmed, ada, bob):
    asked = rescheduling.reschedule(confirmed.pk, by=ada, start=NOON, propose=True)
    assert (asked.start, asked.proposed.start, asked.proposed_by) == (TEN, NOON, "provider")
    assert answers.accept(asked.pk, by=bob).start == NOON


def test_an_overdue_proposal_is_not_answered_any_more(proposed, ada, clock):
    clock.move_to(proposed.proposal_expires_at)
    refused(errors.InvalidTransition, answers.accept, proposed.pk, by=ada)
    refused(errors.InvalidTransition, answers.decline, proposed.pk, by=ada)


def test_the_customer_may_have_become_busy_meanwhile_and_the_provider_learns_nothing_of_it(
    proposed, haircut, ada, bob
):
    elsewhere = town.book(haircut.pk, by=bob, start=NOON)
    taken = answers.accept(proposed.pk, by=ada)
    assert (taken.start, taken.attendee, taken.needs_attention) == (NOON, None, False)
    elsewhere.refresh_from_db()
    assert elsewhere.attendee == bob


def test_cancelling_drops_what_was_proposed(proposed, massage, ada, bob, carol):
    cancelling.cancel(proposed.pk, by=bob, reason="Ill")
    ended = Appointment.objects.get(pk=proposed.pk)
    assert (ended.status, ended.proposed) == (Status.CANCELLED, None)
    for start in (TEN, NOON):
        town.book(massage.pk, by=carol, start=start)


def test_moving_to_where_it_is_writes_nothing(confirmed, ada, bob):
    before = traces.seen()
    for by in (ada, bob):
        rescheduling.reschedule(confirmed.pk, by=by, start=TEN)
    assert traces.seen() == before


def test_moving_to_where_it_is_drops_a_proposal_of_the_provider_s_choice(proposed, ada):
    kept = rescheduling.reschedule(proposed.pk, by=ada, start=TEN)
    assert (kept.start, kept.proposed) == (TEN, None)


def test_a_customer_s_move_is_bound_by_every_rule(confirmed, massage, bob, carol):
    town.book(massage.pk, by=carol, start=NOON)
    refused(
        errors.SlotTaken,
        rescheduling.reschedule,
        confirmed.pk,
        by=bob,
        start=HALF_PAST + timedelta(hours=1),
    )
    refused(
        errors.SlotUnavailable,
        rescheduling.reschedule,
        confirmed.pk,
        by=bob,
        start=TEN + timedelta(minutes=1),
    )


def test_a_provider_s_move_is_bound_by_overlaps_alone(confirmed, massage, ada, carol):
    other = town.book(massage.pk, by=carol, start=NOON)
    refused(
        errors.SlotTaken,
        rescheduling.reschedule,
        confirmed.pk,
        by=ada,
        start=other.start - timedelta(minutes=1),
    )
    night = town.at(1, 7, day=2)
    assert rescheduling.reschedule(confirmed.pk, by=ada, start=night).start == night


def test_history_tells_the_whole_story(proposed, ada, bob, clock):
    answers.accept(proposed.pk, by=ada)
    editing.annotate(proposed.pk, by=bob, notes="A secret")
    cancelling.cancel(proposed.pk, by=ada, reason="Closed")
    story = Move.objects.filter(appointment=proposed).select_related("act")
    assert [move.action for move in story] == [
        "book",
        "accept",
        "propose",
        "accept_proposal",
        "edit",
        "cancel",
    ]
    assert [move.act.actor for move in story] == [bob, ada, bob, ada, bob, ada]
    assert story[3].changes["start"] == [TEN.isoformat(), NOON.isoformat()]
    assert story[5].act.reason == "Closed"
    assert "A secret" not in str([move.changes for move in story])


def test_the_sequence_of_the_calendar_file_rises_with_time_and_cancellation(proposed, ada, bob):
    assert proposed.sequence == 0
    assert answers.accept(proposed.pk, by=ada).sequence == 1
    assert editing.annotate(proposed.pk, by=bob, notes="x").sequence == 1
    assert cancelling.cancel(proposed.pk, by=bob).sequence == 2

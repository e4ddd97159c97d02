"""What the checker finds in a history, and what it lets be."""

import pytest

from tests.histories import checker
from tests.histories.calls import History
from tests.histories.telling import HOUR, TEN, Tale, iso


@pytest.fixture
def tale():
    return Tale()


@pytest.fixture
def told(tale):
    """How the faults begin."""
    return lambda: [fault.partition(":")[0] for fault in checker.faults(tale.history)]


def test_a_day_on_which_nothing_went_wrong_has_no_faults(tale, told):
    visit = tale.booked("bob", (0, 1))
    tale.refusal("carol", "book", (0.5, 2), "slot_taken")
    tale.cancelled("bob", visit, (3, 4))
    tale.booked("carol", (5, 6))
    assert told() == []


def test_a_history_that_was_kept_is_read_as_it_was(tale, tmp_path):
    tale.booked("bob", (0, 1))
    tale.booked("carol", (0, 1), TEN + HOUR / 2)
    tale.away((2, 3), conflicts=[])
    kept = tmp_path / "history.jsonl"
    tale.history.save(kept)
    assert checker.faults(History.load(kept)) == checker.faults(tale.history) != []


def test_two_at_the_same_time_are_found_even_where_one_of_them_was_gone_in_the_end(tale, told):
    visit = tale.booked("bob", (0, 1))
    tale.booked("carol", (2, 3), TEN + HOUR / 2)
    tale.cancelled("bob", visit, (4, 5))
    assert told() == ["two at the same time"]


def test_buffers_count(tale, told):
    tale.booked("bob", (0, 1)).after = 600
    tale.booked("carol", (2, 3), TEN + HOUR)
    assert told() == ["two at the same time"]


def test_an_acknowledged_booking_that_is_not_there_is_found(tale, told):
    tale.call("bob", "book", (0, 1))
    assert told() == ["acknowledged, and lost"]


def test_a_booking_that_nobody_was_answered_may_be_there_or_not(tale, told):
    tale.unanswered(tale.call("bob", "book", (0, 1)))
    tale.booked("carol", (2, 3))
    tale.unanswered(tale.history.calls[1])
    assert told() == []


def test_what_was_done_twice_is_found(tale, told):
    visit = tale.booked("bob", (0, 1))
    again = tale.booked("bob", (0, 1), TEN + 2 * HOUR)
    again.notes = visit.notes
    tale.history.calls.pop()
    assert told() == ["nobody asked for it, or it was done before"]


def test_what_was_refused_and_done_all_the_same_is_found(tale, told):
    tale.booked("bob", (0, 1))
    tale.history.calls[0].outcome, tale.history.calls[0].code = "refused", "slot_taken"
    assert "nobody asked for it, or it was done before" in told()


def test_an_act_that_wrote_over_another_one_is_found(tale, told):
    visit = tale.booked("bob", (0, 1))
    tale.cancelled("bob", visit, (2, 4))
    tale.call("provider ada", "accept", (2, 4), asked={"appointment": visit.id})
    tale.written(visit, "accept", "pending", "confirmed", at=3.5)
    visit.status = "confirmed"
    assert told() == ["a lost act"]


def test_a_row_that_is_not_what_its_moves_made_of_it_is_found(tale):
    tale.booked("bob", (0, 1)).status = "cancelled"
    [fault] = checker.faults(tale.history)
    assert "its moves end at" in fault


def test_a_move_begins_where_the_one_before_has_left(tale, told):
    visit = tale.booked("bob", (0, 1))
    tale.call("bob", "move", (2, 3), asked={"appointment": visit.id, "start": TEN + 2 * HOUR})
    changes = {
        "start": [iso(TEN + HOUR), iso(TEN + 2 * HOUR)],
        "end": [iso(TEN + 2 * HOUR), iso(TEN + 3 * HOUR)],
    }
    tale.written(visit, "reschedule", "confirmed", "confirmed", at=2.5, changes=changes)
    visit.start, visit.end = TEN + 2 * HOUR, TEN + 3 * HOUR
    assert set(told()) == {"a lost act"}


def test_an_order_against_real_time_is_found(tale, told):
    tale.booked("carol", (5, 6), TEN + HOUR)
    tale.booked("bob", (0, 1))
    assert told() == ["against real time"]


def test_a_version_older_than_one_that_was_shown_is_found(tale, told):
    visit = tale.booked("bob", (0, 1))
    for when, version in (((2, 3), 2), ((4, 5), 1)):
        tale.call("bob", "look", when, answer={"appointment": visit.id, "version": version})
    assert told() == ["older than what was shown before"]


@pytest.mark.parametrize("code", ["slot_taken", "customer_busy", "slot_unavailable"])
def test_a_refusal_that_nothing_explains_is_found(tale, told, code):
    tale.refusal("carol", "book", (0, 1), code)
    tale.booked("bob", (2, 3))
    assert told() == ["refused for no reason"]


def test_a_refusal_is_explained_by_what_was_gone_a_moment_later(tale, told):
    visit = tale.booked("bob", (0, 1))
    tale.refusal("carol", "book", (2.9, 3.2), "slot_taken")
    tale.cancelled("bob", visit, (3, 4))
    tale.refusal("carol", "book", (5, 6), "slot_taken")
    assert told() == ["refused for no reason"]


def test_an_action_is_refused_where_the_appointment_had_ended(tale, told):
    visit = tale.booked("bob", (0, 1))
    asked = {"appointment": visit.id, "role": "customer"}
    tale.refusal("bob", "cancel", (1.5, 2), "invalid_transition", **asked)
    tale.cancelled("bob", visit, (3, 4))
    tale.refusal("bob", "cancel", (5, 6), "invalid_transition", **asked)
    assert told() == ["refused for no reason"]


def test_a_time_that_was_kept_for_somebody_and_given_to_another_is_found(tale, told):
    tale.call("bob", "hold", (0, 1), answer={"id": "kept", "expires": 601.0})
    tale.refusal("carol", "book", (1, 2), "slot_taken")
    tale.booked("carol", (2, 3))
    assert told() == ["kept for somebody, and given away"]


def test_whoever_holds_a_time_books_it(tale, told):
    tale.call("bob", "hold", (0, 1), answer={"id": "kept", "expires": 601.0})
    tale.booked("bob", (2, 3))
    assert told() == []


def test_a_hold_is_over_in_its_time(tale, told):
    tale.call("bob", "hold", (0, 1), answer={"id": "kept", "expires": 601.0})
    tale.booked("carol", (700, 701))
    assert told() == []


def test_a_booking_in_a_time_off_that_does_not_list_it_is_found(tale, told):
    tale.booked("bob", (0, 2))
    tale.away((1, 3), conflicts=[])
    assert told() == ["booked in a time off that does not know of it"]


def test_a_time_off_lists_what_was_there_before(tale, told):
    visit = tale.booked("bob", (0, 2))
    tale.away((1, 3), conflicts=[visit.id])
    assert told() == []


def test_a_booking_after_a_time_off_was_taken_is_found(tale, told):
    tale.away((0, 1))
    tale.booked("bob", (2, 3))
    assert told() == ["booked in a time off that does not know of it"]


def test_a_time_off_that_was_taken_and_is_not_there_is_found(tale, told):
    tale.away((0, 1))
    tale.history.standing.away.clear()
    assert told() == ["acknowledged, and lost"]


def test_a_free_time_that_is_not_shown_is_found_and_a_taken_one_that_is(tale, told):
    tale.booked("bob", (0, 1))
    spans = [(TEN, TEN + HOUR), (TEN + HOUR, TEN + 2 * HOUR)]
    shown = {"slots": [(TEN, TEN + HOUR)]}
    tale.call("eve", "free", (2, 3), asked={"spans": spans}, answer=shown)
    assert [fault.partition(" (")[0] for fault in told()] == [
        "shown although it was taken",
        "not shown although nothing stood there",
    ]


def test_an_act_of_which_nobody_is_told_is_found(tale, told):
    tale.booked("bob", (0, 1))
    tale.booked("carol", (2, 3), TEN + HOUR)
    tale.history.standing.told.append("act 1")
    assert told() == ["nobody was told of it, and no job will"]
    tale.history.standing.waiting.append("act 2")
    assert told() == []


def test_a_failure_of_the_server_is_no_answer(tale, told):
    tale.call("bob", "book", (0, 1), outcome="unknown", code="server_error")
    assert told() == ["an answer that explains nothing"]

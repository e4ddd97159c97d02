"""What is read from the history of a rehearsal."""

import pytest

from rehearsal import figures, needs
from rehearsal.figures import Span
from tests.histories.telling import Tale

FAULT = Span("the network is cut", 100, 110)


@pytest.mark.parametrize(
    ("moments", "seconds"),
    [
        ([99, 101, 103, 104, 111], 7),  # one that reaches beyond the fault counts in full
        ([10, 50, 99, 100, 110, 111, 200], 10),  # what lies outside does not
        ([], 10),
        ([112, 98], 14),
    ],
)
def test_without_service_is_the_longest_time_between_two_answers(moments, seconds):
    assert figures.longest_gap(moments, FAULT) == seconds


def test_a_refusal_is_an_answer_and_no_change_and_an_error_is_neither():
    tale = Tale()
    tale.call("bob", "book", (100, 101))
    tale.call("bob", "free", (101, 102))
    tale.refusal("bob", "book", (102, 103), "slot_taken")
    tale.call("bob", "book", (103, 104), outcome="unknown", code="server_error")
    tale.unanswered(tale.call("bob", "book", (104, 105)))
    calls = tale.history.calls
    assert figures.answered(calls) == [101, 102, 103]
    assert figures.written(calls) == [101]


def test_the_table_has_a_line_for_each_fault():
    tale = Tale()
    for second in (98, 104, 109, 113):
        tale.call("bob", "book", (second - 1, second))
    last = figures.table(tale.history, [FAULT]).splitlines()[-1]
    assert last == "| the network is cut | 10 | 2 | 6.0 | 6.0 |"


def test_what_is_carried_is_what_was_answered_meanwhile():
    tale = Tale()
    for second in (98, 104, 109, 113):
        tale.call("bob", "book", (second - 1, second))
    tale.call("bob", "look", (105, 106))
    said = figures.rates(tale.history, FAULT)
    assert said == "0.3 answers a second, 0.2 of them to changes that were made"


def test_faults_are_counted_by_what_they_mean():
    tale = Tale()
    tale.booked("bob", (0, 1))
    told = ["acknowledged, and lost: x", "two at the same time: x", "refused for no reason: x"]
    found = figures.totals(tale.history, told, 3)
    assert found == {
        "calls": 1,
        "acknowledged bookings": 1,
        "sent again": 0,
        "never answered": 0,
        "lost": 1,
        "doubled": 1,
        "other faults": 1,
        "jobs left": 3,
    }


def test_a_plain_user_is_told_what_is_missing(monkeypatch):
    monkeypatch.setattr(needs.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(needs, "program", lambda name: None if name == "patroni" else name)
    said = needs.missing()
    assert "root, who alone may make network namespaces" in said
    assert "patroni (Debian: patroni and python3-etcd)" in said
    assert not [line for line in said if line.startswith("haproxy")]

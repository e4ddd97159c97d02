"""The reschedule of a series with dependents, walked: no module is entered twice."""

from __future__ import annotations

import sys

import pytest

from openslot.accounts import locks
from openslot.appointments import changes, entries, ledger
from openslot.appointments.booking import prerequisites
from openslot.appointments.changing import (
    judging,
    planning,
    rescheduling,
    scopes,
    settling,
    surroundings,
)
from openslot.appointments.free import fitting
from tests import town

pytestmark = pytest.mark.django_db

# What ARCHITECTURE.md draws: each step's module, in the order in which they are entered.
PATH = [
    rescheduling,
    entries,
    locks,
    scopes,
    settling,
    surroundings,
    planning,
    judging,
    fitting,
    changes,
    ledger,
]
NAMES = [module.__name__ for module in PATH]


def entered(act):
    """The modules of the path in the order in which one of their functions is called from another.

    A module that is called for each appointment in turn counts once.
    """
    steps = []

    def watch(frame, event, _argument):
        if event != "call" or "." in frame.f_code.co_qualname or frame.f_code.co_name[0] == "<":
            return
        here, caller = (each.f_globals.get("__name__") for each in (frame, frame.f_back))
        if here in NAMES and caller != here and steps[-1:] != [here]:
            steps.append(here)

    sys.setprofile(watch)
    try:
        act()
    finally:
        sys.setprofile(None)
    return steps


def test_no_module_is_entered_twice(dan, bob):
    visit = town.service(dan.provider, name="Visit", duration_minutes=30)
    treatment = town.following(visit, "Treatment", 1, 2)
    weekly = town.book_series(
        visit.pk, by=bob, start=town.at(9, day=7), recurrence="FREQ=WEEKLY;COUNT=3"
    )
    for week in range(3):
        town.booked(treatment, bob, town.at(11, day=8 + 7 * week))
    first = weekly.occurrences.earliest("start")
    steps = entered(
        lambda: rescheduling.reschedule(
            first.pk, by=bob, start=town.at(9, day=10), scope="all", dependents="shift"
        )
    )
    assert steps == NAMES
    starts = weekly.occurrences.order_by("start").values_list("start", flat=True)
    assert list(starts) == [town.at(9, day=10 + 7 * week) for week in range(3)]
    moved = prerequisites.chain([each.pk for each in weekly.occurrences.all()])
    assert [each.start for each in moved] == [town.at(11, day=11 + 7 * week) for week in range(3)]


@pytest.mark.parametrize("count", [2, 6])
def test_what_is_asked_of_the_database_does_not_grow_with_the_series(
    count, dan, bob, django_assert_num_queries
):
    visit = town.service(dan.provider, name="Visit", duration_minutes=30)
    treatment = town.following(visit, "Treatment", 1, 2)
    rule = f"FREQ=WEEKLY;COUNT={count}"
    weekly = town.book_series(visit.pk, by=bob, start=town.at(9, day=7), recurrence=rule)
    for week in range(count):
        town.booked(treatment, bob, town.at(11, day=8 + 7 * week))
    first = weekly.occurrences.earliest("start")
    asked = {"start": town.at(9, day=10), "scope": "all", "dependents": "shift"}
    # Around: savepoint, release. Opening: whose it is, two locks, it, its siblings, their series.
    # Surroundings: two links of the chain and its end, who waits, what may come first. Judging:
    # what is taken. Writing: the act, one statement for all of them in a savepoint, moves, the job.
    with django_assert_num_queries(20):  # of any length
        rescheduling.reschedule(first.pk, by=bob, **asked)

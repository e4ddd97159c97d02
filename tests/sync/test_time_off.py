"""Time off stands in Google without its reason, and is followed when it is moved or deleted there."""

import pytest

from openslot.appointments.changing import time_off
from openslot.availability.models import Busy, TimeOff, TimeOffSpan
from openslot.sync import translate
from tests import town
from tests.sync.town_square import BERLIN
from tests.working import work

pytestmark = pytest.mark.django_db


@pytest.fixture
def away(hers):
    """Ada is away on Wednesday afternoon, for a reason of her own."""
    taken, _ = time_off.take(
        hers.user.provider,
        by=hers.user,
        start=town.at(12, day=2),
        end=town.at(15, day=2),
        reason="Hospital",
    )
    work()
    hers.google.forget_requests()
    return taken


@pytest.fixture
def fridays(hers):
    """Four Friday afternoons."""
    taken, _ = time_off.take(
        hers.user.provider,
        by=hers.user,
        start=town.at(12, day=4),
        end=town.at(15, day=4),
        recurrence="FREQ=WEEKLY;COUNT=4",
    )
    work()
    return taken


def spans():
    return sorted(TimeOffSpan.objects.values_list("start", "end"))


def test_it_blocks_there_and_does_not_say_why(hers, away):
    event = hers.event()
    assert event["summary"] == "Time off"
    assert "Hospital" not in repr(event)
    assert event.get("transparency", "opaque") == "opaque"
    assert hers.times() == (away.start, away.end)
    hers.look()
    assert not Busy.objects.exists()


def test_given_back_it_goes(hers, away):
    time_off.give_back(hers.user.provider, id=away.pk)
    work()
    assert hers.events() == []


def test_moved_there_it_is_moved_here(hers, away):
    hers.hand.move(hers.event()["id"], town.at(9, day=3), town.at(16, day=3))
    hers.look()
    assert spans() == [(town.at(9, day=3), town.at(16, day=3))]
    assert TimeOff.objects.get().reason == "Hospital"
    assert not hers.writes()


def test_deleted_there_it_is_given_back_once_the_grace_is_over(hers, away, clock):
    hers.hand.delete(hers.event()["id"])
    hers.look()
    assert TimeOff.objects.exists()
    clock.shift(121)
    work()
    assert not TimeOff.objects.exists()
    assert not hers.writes()


def test_of_a_recurring_one_that_date_alone_is_given_back(hers, fridays, clock):
    assert len(hers.events()) == 4
    hers.hand.delete(hers.events()[1]["id"])
    hers.look()
    clock.shift(121)
    work()
    assert [start.day for start, _ in spans()] == [5, 19, 26]
    assert len(hers.events()) == 3


def test_of_a_recurring_one_that_date_alone_is_moved(hers, fridays):
    hers.google.forget_requests()
    hers.hand.move(hers.events()[1]["id"], town.at(12, day=10))
    hers.look()
    assert [start.day for start, _ in spans()] == [5, 11, 19, 26]
    assert TimeOff.objects.count() == 2
    assert len(hers.events()) == 4
    hers.hand.move(hers.events()[1]["id"], town.at(12, day=9))
    hers.look()
    assert [start.day for start, _ in spans()] == [5, 10, 19, 26]


def test_the_event_of_a_date_that_went_its_own_way_says_whose_it_is(hers, fridays):
    hers.google.forget_requests()
    hers.hand.move(hers.events()[1]["id"], town.at(12, day=10))
    hers.look()
    assert len(hers.writes()) == 1
    marked = [translate.marks(event)["appt"] for event in hers.events()]
    own = TimeOff.objects.exclude(pk=fridays.pk).get()
    assert marked == [str(fridays.pk), str(own.pk), str(fridays.pk), str(fridays.pk)]


def test_a_date_that_went_its_own_way_and_comes_back_stands_beside_the_other(hers, fridays):
    hers.hand.move(hers.events()[1]["id"], town.at(12, day=10))
    hers.look()
    time_off.change(hers.user.provider, id=fridays.pk, by=hers.user, reason="Hospital after all")
    work()
    assert [start.day for start, _ in spans()] == [5, 11, 12, 19, 26]
    assert [translate.span(event, BERLIN).start.day for event in hers.events()] == [
        5,
        11,
        12,
        19,
        26,
    ]


def test_it_counts_among_many_that_vanish(hers, fridays, clock):
    for event in hers.events():
        hers.hand.delete(event["id"])
    hers.look()
    clock.shift(121)
    work()
    assert len(spans()) == 4
    assert hers.connection.state == "needs_attention"

"""By what way an act came stands in history, whatever was done."""

from __future__ import annotations

from datetime import timedelta

import pytest

from openslot.appointments.booking import making
from openslot.appointments.booking.asking import Extension, Request
from openslot.appointments.changing import (
    answers,
    cancelling,
    editing,
    outcomes,
    rescheduling,
    time_off,
)
from openslot.appointments.changing import clock as by_itself
from openslot.appointments.models import Act, Way
from tests import town
from tests.appointments import traces

pytestmark = pytest.mark.django_db

TEN, NOON = town.at(8, day=1), town.at(10, day=1)
API = {"via": Way.API}


def way_of(new):
    return Act.objects.get(pk__in=new.acts).via


def _proposed(pk, bob, ada):
    answers.accept(pk, by=ada)
    rescheduling.reschedule(pk, by=bob, start=NOON)


def _come(pk, bob, ada, clock):
    answers.accept(pk, by=ada)
    clock.move_to(TEN)


DONE = {
    "accept": (None, lambda pk, bob, ada: answers.accept(pk, by=ada, **API)),
    "decline": (None, lambda pk, bob, ada: answers.decline(pk, by=ada, **API)),
    "cancel": (None, lambda pk, bob, ada: cancelling.cancel(pk, by=bob, **API)),
    "edit": (None, lambda pk, bob, ada: editing.annotate(pk, by=bob, notes="x", **API)),
    "relocate": (None, lambda pk, bob, ada: editing.relocate(pk, by=ada, location="x", **API)),
    "reschedule": (
        None,
        lambda pk, bob, ada: rescheduling.reschedule(pk, by=ada, start=NOON, **API),
    ),
    "accept_proposal": (_proposed, lambda pk, bob, ada: answers.accept(pk, by=ada, **API)),
    "decline_proposal": (_proposed, lambda pk, bob, ada: answers.decline(pk, by=ada, **API)),
    "withdraw": (_proposed, lambda pk, bob, ada: answers.withdraw(pk, by=bob, **API)),
    "time off": (
        None,
        lambda pk, bob, ada: time_off.take(
            ada.provider, by=ada, start=TEN, end=NOON, conflicts="cancel", **API
        ),
    ),
}


@pytest.mark.parametrize("what", DONE)
def test_what_is_done_says_by_what_way(what, massage, bob, ada):
    made = town.book(massage.pk, by=bob, start=TEN)
    prepare, do = DONE[what]
    if prepare:
        prepare(made.pk, bob, ada)
    before = traces.seen()
    do(made.pk, bob, ada)
    assert way_of(traces.seen().since(before)) == Way.API


@pytest.mark.parametrize("outcome", [outcomes.complete, outcomes.no_show])
def test_what_became_of_it_says_by_what_way(outcome, massage, bob, ada, clock):
    made = town.book(massage.pk, by=bob, start=TEN)
    _come(made.pk, bob, ada, clock)
    before = traces.seen()
    outcome(made.pk, by=ada, via=Way.API)
    assert way_of(traces.seen().since(before)) == Way.API


def test_a_booking_and_an_extension_say_by_what_way(massage, bob):
    before = traces.seen()
    asked = Request(service=massage.pk, start=TEN, recurrence="FREQ=DAILY;COUNT=2")
    made = making.book(asked, by=bob, via=Way.API)
    assert way_of(traces.seen().since(before)) == Way.API
    before = traces.seen()
    making.extend(Extension(series=made.series.pk, count=1), by=bob, via=Way.LINK)
    assert way_of(traces.seen().since(before)) == Way.LINK


def test_what_happens_by_itself_says_so(massage, haircut, bob, ada, clock):
    town.book(massage.pk, by=bob, start=TEN)
    done = town.book(haircut.pk, by=bob, start=NOON)
    moving = town.book(massage.pk, by=bob, start=town.at(8, day=3))
    answers.accept(moving.pk, by=ada)
    rescheduling.reschedule(moving.pk, by=bob, start=town.at(10, day=3))
    clock.move_to(done.end + timedelta(days=1))
    for act in (by_itself.expire_requests, by_itself.expire_proposals, by_itself.complete_ended):
        before = traces.seen()
        assert act() == 1
        assert way_of(traces.seen().since(before)) == Way.CLOCK

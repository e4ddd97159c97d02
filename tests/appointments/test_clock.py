"""What happens by itself, to the second, and once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from openslot.appointments import errors, tasks
from openslot.appointments.changing import answers, cancelling, outcomes, rescheduling
from openslot.appointments.changing import clock as by_itself
from openslot.appointments.models import Appointment, Status
from tests import town
from tests.appointments import traces
from tests.appointments.traces import refused
from tests.town import GUEST

pytestmark = pytest.mark.django_db

INSTANT = timedelta(microseconds=1)
TEN = town.at(8, day=4)


@pytest.fixture
def request_of_bob(massage, bob):
    return town.book(massage.pk, by=bob, start=TEN)


def status_of(appointment):
    return Appointment.objects.get(pk=appointment.pk).status


def test_a_request_expires_after_the_provider_s_hours(request_of_bob, massage, carol, clock):
    due = town.NOW + timedelta(hours=48)
    assert request_of_bob.expires_at == due
    clock.move_to(due - INSTANT)
    assert by_itself.expire_requests() == 0
    clock.move_to(due)
    assert by_itself.expire_requests() == 1
    assert status_of(request_of_bob) == Status.EXPIRED
    town.book(massage.pk, by=carol, start=TEN)


def test_a_request_expires_at_its_start_at_the_latest(massage, bob):
    for hours, due in ((0, TEN), (8760, TEN), (1, town.NOW + timedelta(hours=1))):
        massage.provider.pending_expiry_hours = hours
        massage.provider.save()
        made = town.book(massage.pk, by=bob, start=TEN)
        assert made.expires_at == due
        cancelling.cancel(made.pk, by=bob)


def test_an_overdue_request_is_not_answered_even_before_the_clock_comes(request_of_bob, ada, clock):
    clock.move_to(request_of_bob.expires_at)
    refused(errors.InvalidTransition, answers.accept, request_of_bob.pk, by=ada)
    refused(errors.InvalidTransition, answers.decline, request_of_bob.pk, by=ada)


def test_a_confirmed_appointment_does_not_expire(request_of_bob, ada, clock):
    answers.accept(request_of_bob.pk, by=ada)
    clock.move_to(TEN + timedelta(days=300))
    assert by_itself.expire_requests() == 0


def test_a_moved_request_is_due_as_before_or_at_its_new_start(request_of_bob, bob, clock):
    clock.move_to(town.NOW + timedelta(hours=2))
    moved = rescheduling.reschedule(request_of_bob.pk, by=bob, start=town.at(8, day=1))
    assert moved.expires_at == moved.start
    moved = rescheduling.reschedule(request_of_bob.pk, by=bob, start=town.at(8, day=5))
    assert moved.expires_at == town.NOW + timedelta(hours=48)


def test_confirmed_ones_complete_the_provider_s_hours_after_their_end(request_of_bob, ada, clock):
    answers.accept(request_of_bob.pk, by=ada)
    due = request_of_bob.end + timedelta(hours=24)
    clock.move_to(due - INSTANT)
    assert by_itself.complete_ended() == 0
    clock.move_to(due)
    assert by_itself.complete_ended() == 1
    assert status_of(request_of_bob) == Status.COMPLETED


def test_what_somebody_ended_the_clock_leaves_alone(request_of_bob, ada, clock):
    answers.accept(request_of_bob.pk, by=ada)
    clock.move_to(TEN)
    outcomes.no_show(request_of_bob.pk, by=ada)
    clock.move_to(TEN + timedelta(days=9))
    before = traces.seen()
    tasks.tick(0)
    assert traces.seen() == before


def test_a_tick_does_all_that_is_due_each_in_an_act_of_its_own(massage, haircut, ada, bob, clock):
    town.book(massage.pk, by=bob, start=TEN)
    done = town.book(haircut.pk, by=bob, start=town.at(8, day=1))
    moving = town.book(massage.pk, by=ada, start=town.at(12, day=6), customer=GUEST)
    rescheduling.reschedule(moving.pk, by=ada, start=town.at(13, day=6), propose=True)
    before = traces.seen()
    clock.move_to(town.NOW + timedelta(hours=54, minutes=30))
    tasks.tick(0)
    new = traces.seen().since(before)
    assert (len(new.acts), len(new.moves), len(new.jobs), len(new.rows)) == (3, 3, 3, 3)
    assert status_of(done) == Status.COMPLETED
    assert Appointment.objects.get(pk=moving.pk).proposed is None
    tasks.tick(0)
    assert traces.seen().since(before) == new

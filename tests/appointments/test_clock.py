"""What happens by itself, to the second, and once."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from openslot.appointments import errors, tasks
from openslot.appointments.changing import answers, cancelling, outcomes, rescheduling
from openslot.appointments.changing import clock as by_itself
from openslot.appointments.models import Appointment, Move, Status
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


# What somebody does between the listing of what is due and its lock


@contextmanager
def meanwhile(act):
    """Right behind the first statement, which lists what is due."""
    left = [act]

    def watch(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if left:
            left.pop()()
        return answer

    with connection.execute_wrapper(watch):
        yield


def test_a_request_answered_just_before_does_not_expire(request_of_bob, clock):
    clock.move_to(request_of_bob.expires_at)
    mine = Appointment.objects.filter(pk=request_of_bob.pk)
    with meanwhile(lambda: mine.update(status=Status.CONFIRMED)):
        assert by_itself.expire_requests() == 0
    assert status_of(request_of_bob) == Status.CONFIRMED


@pytest.mark.parametrize("later", [None, TEN])
def test_a_request_that_is_due_later_by_now_does_not_expire(request_of_bob, clock, later):
    clock.move_to(request_of_bob.expires_at)
    mine = Appointment.objects.filter(pk=request_of_bob.pk)
    with meanwhile(lambda: mine.update(expires_at=later)):
        assert by_itself.expire_requests() == 0
    assert status_of(request_of_bob) == Status.PENDING


@pytest.fixture
def proposal_of_bob(request_of_bob, ada, bob):
    answers.accept(request_of_bob.pk, by=ada)
    return rescheduling.reschedule(request_of_bob.pk, by=bob, start=town.at(8, day=5))


def test_a_proposal_that_is_due_later_by_now_does_not_expire(proposal_of_bob, clock):
    clock.move_to(proposal_of_bob.proposal_expires_at)
    mine = Appointment.objects.filter(pk=proposal_of_bob.pk)
    soon = timezone.now() + INSTANT
    with meanwhile(lambda: mine.update(proposal_expires_at=soon)):
        assert by_itself.expire_proposals() == 0
    assert Appointment.objects.get(pk=proposal_of_bob.pk).proposed is not None


def test_a_proposal_withdrawn_just_before_does_not_expire(proposal_of_bob, bob, clock):
    clock.move_to(proposal_of_bob.proposal_expires_at)
    with meanwhile(lambda: answers.withdraw(proposal_of_bob.pk, by=bob)):
        assert by_itself.expire_proposals() == 0
    assert proposal_of_bob.moves.last().action == "withdraw"


def test_what_was_given_another_outcome_or_a_later_end_just_before_is_not_completed(
    request_of_bob, ada, clock
):
    answers.accept(request_of_bob.pk, by=ada)
    due = request_of_bob.end + timedelta(hours=24)
    clock.move_to(due)
    mine = Appointment.objects.filter(pk=request_of_bob.pk)
    with meanwhile(lambda: outcomes.no_show(request_of_bob.pk, by=ada)):
        assert by_itself.complete_ended() == 0
    assert status_of(request_of_bob) == Status.NO_SHOW
    mine.update(status=Status.CONFIRMED)
    with meanwhile(lambda: rescheduling.reschedule(request_of_bob.pk, by=ada, start=due)):
        assert by_itself.complete_ended() == 0
    assert status_of(request_of_bob) == Status.CONFIRMED


@pytest.mark.parametrize(
    "act", [by_itself.expire_requests, by_itself.expire_proposals, by_itself.complete_ended]
)
def test_what_was_erased_just_before_is_passed_over(act, massage, ada, bob, clock):
    made = town.book(massage.pk, by=bob, start=TEN)
    if act is not by_itself.expire_requests:
        answers.accept(made.pk, by=ada)
    if act is by_itself.expire_proposals:
        rescheduling.reschedule(made.pk, by=bob, start=town.at(8, day=5))
    clock.move_to(TEN + timedelta(days=3))

    def erase():
        Move.objects.all().delete()
        Appointment.objects.all().delete()

    with meanwhile(erase):
        assert act() == 0


def test_what_was_due_first_ends_first(massage, haircut, ada, bob, clock):
    late, early = (town.book(massage.pk, by=bob, start=town.at(8, day=day)) for day in (2, 1))
    ended = [town.book(haircut.pk, by=bob, start=town.at(10, day=day)) for day in (2, 1)]
    proposed = [town.book(massage.pk, by=bob, start=town.at(12, day=day)) for day in (2, 1)]
    for each in proposed:
        answers.accept(each.pk, by=ada)
        rescheduling.reschedule(each.pk, by=bob, start=each.start + timedelta(hours=1))
    clock.move_to(town.at(8, day=9))
    for act in (by_itself.expire_requests, by_itself.expire_proposals, by_itself.complete_ended):
        act()
    told = (
        Move.objects.filter(act__via="clock").order_by("pk").values_list("appointment", flat=True)
    )
    assert [pk for pk in told if pk in {early.pk, late.pk}] == [early.pk, late.pk]
    for later, sooner in (proposed, ended):
        assert [pk for pk in told if pk in {later.pk, sooner.pk}][:2] == [sooner.pk, later.pk]

"""Different things at the same moment: each sees the other, or is seen by it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from openslot.accounts.models import Customer
from openslot.appointments import tasks
from openslot.appointments.changing import answers, cancelling, editing, rescheduling, time_off
from openslot.appointments.models import Act, Appointment, Move, Status
from tests import town
from tests.races.crowds import BOOKED, assert_nothing_overlaps
from tests.town import GUEST

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

HOUR = timedelta(hours=1)


@pytest.fixture
def far_ahead(massage):
    massage.provider.booking_window_days = 1095
    massage.provider.save()


@pytest.fixture
def guests(people):
    return [town.person(f"Client{n}") for n in range(8)]


def test_a_booking_and_a_time_off(massage, ada, guests, far_ahead, crowd, rounds):
    """Nobody is booked into a time off unless it was told so to the provider."""
    hands = crowd(9)
    for day in range(rounds(100)):
        starts = [town.at(7, day=day) + n * HOUR for n in range(8)]
        *bookings, away = hands.rush(
            [
                *(
                    lambda by=by, at=at: town.book(massage.pk, by=by, start=at)
                    for by, at in zip(guests, starts, strict=True)
                ),
                lambda: time_off.take(
                    ada.provider, by=ada, start=starts[0], end=starts[0] + 8 * HOUR
                ),
            ]
        )
        assert away.code == BOOKED
        booked = {each.value.pk for each in bookings if each.code == BOOKED}
        assert {found.pk for found in away.value[1]} == booked
        assert {each.code for each in bookings} <= {BOOKED, "slot_unavailable"}


def test_a_time_off_that_cancels(massage, ada, guests, far_ahead, crowd, rounds):
    """Afterwards nothing stands in it."""
    hands = crowd(5)
    for day in range(rounds(100)):
        starts = [town.at(7, day=day) + n * HOUR for n in range(4)]
        hands.rush(
            [
                *(
                    lambda by=by, at=at: town.book(massage.pk, by=by, start=at)
                    for by, at in zip(guests, starts, strict=False)
                ),
                lambda: time_off.take(
                    ada.provider,
                    by=ada,
                    start=starts[0],
                    end=starts[0] + 4 * HOUR,
                    conflicts="cancel",
                ),
            ]
        )
        assert not Appointment.objects.active().filter(start__in=starts).exists()


def test_a_move_and_a_booking(massage, ada, bob, carol, far_ahead, crowd, rounds):
    hands = crowd(3)
    for day in range(rounds(100)):
        old, new = town.at(8, day=day), town.at(10, day=day)
        moved = town.book(massage.pk, by=bob, start=old)
        outcomes = hands.rush(
            [
                lambda: rescheduling.reschedule(moved.pk, by=bob, start=new),
                lambda: town.book(massage.pk, by=carol, start=new),
                lambda: town.book(massage.pk, by=ada, start=new, customer=GUEST),
            ]
        )
        codes = [outcome.code for outcome in outcomes]
        assert codes.count(BOOKED) == 1
        assert codes.count("slot_taken") == 2
    assert_nothing_overlaps(provider=massage.provider)


def test_two_who_want_to_change_places(massage, bob, carol, far_ahead, crowd, rounds):
    """Each wants the other's time: neither can have it, and neither waits for ever."""
    hands = crowd(2)
    for day in range(rounds(100)):
        first, second = town.at(8, day=day), town.at(9, day=day)
        one = town.book(massage.pk, by=bob, start=first)
        two = town.book(massage.pk, by=carol, start=second)
        outcomes = hands.rush(
            [
                lambda: rescheduling.reschedule(one.pk, by=bob, start=second),
                lambda: rescheduling.reschedule(two.pk, by=carol, start=first),
            ]
        )
        assert [outcome.code for outcome in outcomes] == ["slot_taken", "slot_taken"]


def test_accepting_a_proposal_and_booking_its_time(
    massage, haircut, ada, bob, carol, far_ahead, crowd, rounds
):
    """The proposed time is held: nobody else gets it. Its customer may fill their own, of which
    the provider learns nothing.
    """
    known = Customer.objects.create(provider=ada.provider, user=bob)
    haircut.provider.booking_window_days = 1095
    haircut.provider.save()
    hands = crowd(3)
    for day in range(rounds(100)):
        new = town.at(10, day=day)
        asked = town.book(massage.pk, by=ada, start=town.at(8, day=day), customer=known.pk)
        rescheduling.reschedule(asked.pk, by=bob, start=new)
        accepted, elsewhere, other = hands.rush(
            [
                lambda: answers.accept(asked.pk, by=ada),
                lambda: town.book(haircut.pk, by=bob, start=new),
                lambda: town.book(massage.pk, by=carol, start=new),
            ]
        )
        assert other.code == "slot_taken"
        assert accepted.code == BOOKED
        assert elsewhere.code in {BOOKED, "customer_busy"}
    assert_nothing_overlaps(provider=massage.provider)


ENDS = {
    "accept": lambda pk, ada, bob: answers.accept(pk, by=ada),
    "decline": lambda pk, ada, bob: answers.decline(pk, by=ada),
    "cancel": lambda pk, ada, bob: cancelling.cancel(pk, by=bob),
}


def test_an_acceptance_a_refusal_and_a_cancellation(massage, ada, bob, far_ahead, crowd, rounds):
    """Whoever comes first; the history tells one story in one order."""
    hands = crowd(3)
    for day in range(rounds(100)):
        asked = town.book(massage.pk, by=bob, start=town.at(8, day=day))
        outcomes = hands.rush([lambda end=end: end(asked.pk, ada, bob) for end in ENDS.values()])
        passed = [name for name, each in zip(ENDS, outcomes, strict=True) if each.code == BOOKED]
        story = list(Move.objects.filter(appointment=asked))
        assert sorted(move.action for move in story[1:]) == sorted(passed)
        assert [move.from_status for move in story[1:]] == [move.to_status for move in story[:-1]]
        asked.refresh_from_db()
        assert (asked.status, asked.version) == (story[-1].to_status, len(story))
        assert {each.code for each in outcomes} <= {BOOKED, "invalid_transition"}


def test_two_with_the_same_version_of_it(massage, ada, bob, far_ahead, crowd, rounds):
    hands = crowd(4)
    asked = town.book(massage.pk, by=bob, start=town.at(8, day=1))
    for version in range(1, rounds(100) + 1):
        outcomes = hands.rush(
            [
                lambda n=n: editing.annotate(
                    asked.pk, by=bob, notes=f"{version}-{n}", expected=version
                )
                for n in range(4)
            ]
        )
        codes = [outcome.code for outcome in outcomes]
        assert (codes.count(BOOKED), codes.count("version_mismatch")) == (1, 3)


def test_two_workers_at_once(massage, haircut, ada, bob, guests, crowd, rounds, clock):
    """What is due is done once, with one act and one job each."""
    workers = crowd(4)
    for turn in range(max(1, rounds(100) // 5)):
        day = 7 * turn
        clock.move_to(town.NOW + timedelta(days=day))
        for hour, by in enumerate(guests):
            town.book(massage.pk, by=by, start=town.at(7 + hour, day=day + 1))
            town.book(haircut.pk, by=by, start=town.at(7, day=day + 2) + hour * HOUR / 2)
        acts = Act.objects.count()
        clock.move_to(town.NOW + timedelta(days=day + 5))
        outcomes = workers.rush([lambda: tasks.tick(0)] * 4)
        assert {outcome.code for outcome in outcomes} == {BOOKED}
        assert Act.objects.count() == acts + 2 * len(guests)
    statuses = set(Appointment.objects.values_list("service__name", "status"))
    assert statuses == {("Massage", Status.EXPIRED), ("Haircut", Status.COMPLETED)}
    told = ProcrastinateJob.objects.filter(
        args__act_id__in=[str(pk) for pk in Act.objects.values_list("pk", flat=True)]
    )
    assert told.count() == Act.objects.count() == Move.objects.count()

"""Holds at the moment at which others book, and at which they are over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from openslot.appointments.booking import making
from openslot.appointments.booking.asking import Guest, Request
from openslot.appointments.holding import holds
from openslot.appointments.holding.holds import Caller
from openslot.appointments.models import Appointment, Hold
from tests import town
from tests.races.crowds import BOOKED, assert_nothing_overlaps
from tests.town import NOW

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

TEN = timedelta(minutes=10)


@pytest.fixture
def far_ahead(massage):
    massage.provider.booking_window_days = 1095
    massage.provider.save()


def booking(service, start, *, by, hold=""):
    return lambda: making.book(Request(service=service.pk, start=start, hold=hold), by=by).first


@pytest.mark.parametrize("held", [False, True])
def test_twenty_guests_want_one_slot(massage, people, far_ahead, crowd, rounds, held):
    """With a hold its owner has it, without one anybody; one booking in either case."""
    hands = crowd(20)
    for day in range(rounds(100)):
        start = town.at(8, day=day)
        guests = [Guest(f"g{n}-{day}@example.org", "Gil", verified=True) for n in range(20)]
        taken = holds.take(massage.pk, start=start, by=Caller(browser="one")) if held else None
        calls = [
            booking(massage, start, by=guest, hold=taken.id if taken and n == 7 else "")
            for n, guest in enumerate(guests)
        ]
        outcomes = hands.rush(calls)
        assert sum(each.code == BOOKED for each in outcomes) == 1
        assert not held or outcomes[7].code == BOOKED
        assert {each.code for each in outcomes} == {BOOKED, "slot_taken"}
    assert not Hold.objects.exists()


def test_twenty_hold_one_slot_and_one_has_it(massage, people, far_ahead, crowd, rounds):
    hands = crowd(20)
    for day in range(rounds(100)):
        start = town.at(8, day=day)
        outcomes = hands.rush(
            [
                lambda n=n, start=start: holds.take(
                    massage.pk, start=start, by=Caller(browser=f"b{n}", network=f"192.0.2.{n}")
                )
                for n in range(20)
            ]
        )
        assert sum(each.code == BOOKED for each in outcomes) == 1
        assert Hold.objects.filter(start=start).count() == 1
        Hold.objects.all().delete()


def test_one_caller_who_holds_here_and_there_at_once_has_one(
    massage, haircut, bob, people, crowd, rounds
):
    hands = crowd(6)
    for _ in range(rounds(50)):
        outcomes = hands.rush(
            [
                lambda service=service, hour=hour: holds.take(
                    service.pk, start=town.at(hour), by=Caller(bob)
                )
                for service in (massage, haircut)
                for hour in (8, 10, 12)
            ]
        )
        assert {each.code for each in outcomes} == {BOOKED}
        assert Hold.objects.count() == 1


def test_a_hold_that_is_over_while_its_owner_books(
    massage, bob, carol, people, far_ahead, crowd, rounds, clock
):
    """Either the owner gets it or whoever came between; never both."""
    hands = crowd(2)
    for number in range(rounds(500)):
        day, hour = divmod(number, 8)
        start = town.at(7 + hour, day=day + 1)
        clock.move_to(NOW)
        taken = holds.take(massage.pk, start=start, by=Caller(bob))
        clock.move_to(NOW + TEN - timedelta(microseconds=1 - number % 2))
        mine, theirs = hands.rush(
            [
                booking(massage, start, by=bob, hold=taken.id),
                booking(massage, start, by=carol),
            ]
        )
        assert sorted([mine.code, theirs.code]) == [BOOKED, "slot_taken"]
        assert number % 2 or mine.code == BOOKED
    assert_nothing_overlaps(provider=massage.provider)
    assert Appointment.objects.count() == rounds(500)

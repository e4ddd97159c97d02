"""Somebody is erased while they book, and while others book them in: nothing is left of them."""

from __future__ import annotations

import pytest
from django.db.models import Q

from openslot.accounts.models import Customer, User
from openslot.appointments.changing import answers, cancelling, rescheduling
from openslot.appointments.models import Appointment
from openslot.privacy import erasure
from tests import town
from tests.races.crowds import BOOKED
from tests.town import GUEST

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

LATE = {"not_allowed", "invalid"}  # what a booking is told that came too late


def test_an_erasure_and_bookings_of_the_same_person(massage, haircut, ada, dan, crowd, rounds):
    """By themselves at two providers, and by one who books them in: new there, and known there."""
    hands = crowd(5)
    for turn in range(rounds(100)):
        bob = town.person(f"Bob{turn}")
        known = Customer.objects.create(provider=dan.provider, user=bob)
        address = GUEST._replace(email=bob.email)
        day = turn % 50
        erased, *bookings = hands.rush(
            [
                lambda bob=bob: erasure.erase(bob),
                lambda bob=bob, day=day: town.booked(massage, bob, town.at(7, day=day)),
                lambda bob=bob, day=day: town.booked(haircut, bob, town.at(9, day=day)),
                lambda day=day, known=known: town.booked(
                    haircut, dan, town.at(11, day=day), customer=known.pk
                ),
                lambda day=day, address=address: town.booked(
                    massage, ada, town.at(13, day=day), customer=address
                ),
            ]
        )
        assert erased.code == BOOKED
        assert {each.code for each in bookings} <= {BOOKED, *LATE}
        assert not User.objects.filter(pk=bob.pk).exists()
        _assert_nothing_stands(bookings)
        assert not Customer.objects.filter(user__isnull=True, email=bob.email).exclude(
            first_name=GUEST.first_name
        )


def test_an_erasure_and_what_others_do_with_the_appointments(massage, ada, crowd, rounds):
    hands = crowd(3)
    for turn in range(rounds(100)):
        bob = town.person(f"Bob{turn}")
        asked = town.booked(massage, bob, town.at(7, day=turn % 50))
        erased, *_ = hands.rush(
            [
                lambda bob=bob: erasure.erase(bob),
                lambda asked=asked: answers.accept(asked.pk, by=ada),
                lambda asked=asked: rescheduling.reschedule(
                    asked.pk, by=ada, start=asked.start.replace(hour=14)
                ),
            ]
        )
        assert erased.code == BOOKED
        assert not Appointment.objects.active().exists()


def _assert_nothing_stands(bookings):
    """No booking of the erased is active; one made afterwards for their address is a guest's."""
    made = [each.value.pk for each in bookings if each.code == BOOKED]
    standing = Appointment.objects.active().filter(pk__in=made)
    nameless = Q(customer__email="", customer__user__isnull=True)
    assert not standing.filter(nameless | Q(attendee__isnull=False)).exists()
    for each in standing.with_people():
        cancelling.cancel(each.pk, by=each.provider.user)

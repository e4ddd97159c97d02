"""Fifty people who never booked may be written to in a day, however many hands book at once."""

import pytest

from openslot.appointments.booking.asking import Guest
from openslot.appointments.guests import firsts
from openslot.appointments.models import Appointment
from tests import town

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

HANDS = 8


def test_the_last_of_the_day_is_had_once(crowd, ada, massage, monkeypatch, rounds):
    hands = crowd(HANDS)
    for number in range(rounds(5)):
        monkeypatch.setattr(firsts, "MOST", Appointment.objects.count() + 1)
        calls = [
            lambda hand=hand, number=number: booked(massage, ada, f"g{number}-{hand}", number, hand)
            for hand in range(HANDS)
        ]
        codes = sorted(outcome.code for outcome in hands.rush(calls))
        assert codes == ["booked"] + ["throttled"] * (HANDS - 1)
        assert Appointment.objects.count() == firsts.MOST


def booked(massage, ada, name, day, hand):
    guest = Guest(f"{name}@example.org", name, "Guest")
    return town.book(massage.pk, by=ada, start=town.at(2 * hand, day=1 + day), customer=guest)

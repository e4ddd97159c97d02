"""Guests who want the same time, and a code that many guess at once."""

from __future__ import annotations

import pytest

from openslot.accounts.models import AddressCode, Customer
from openslot.accounts.signing import codes
from openslot.appointments.booking import making
from openslot.appointments.booking.asking import Guest, Request
from openslot.appointments.models import Appointment, Way
from tests import town
from tests.races.crowds import BOOKED

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

TWENTY = 20


def booking(massage, guest, start):
    return lambda: making.book(Request(service=massage.pk, start=start), by=guest, via=Way.PAGE)


def test_twenty_guests_want_one_slot(massage, crowd, rounds):
    clients = crowd(TWENTY)
    guests = [Guest(f"guest{n}@example.org", f"Guest {n}") for n in range(TWENTY)]
    for day in range(rounds(10)):
        start = town.at(8, day=day)
        outcomes = clients.rush([booking(massage, guest, start) for guest in guests])
        codes_ = [outcome.code for outcome in outcomes]
        assert codes_.count(BOOKED) == 1
        assert set(codes_) <= {BOOKED, "slot_taken"}
        assert Appointment.objects.filter(start=start).count() == 1
    assert clients.deadlocks == 0


def test_one_guest_at_twenty_browsers_is_one_customer(massage, crowd):
    clients = crowd(TWENTY)
    guest = Guest("gil@example.org", "Gil")
    starts = [town.at(7 + n % 8, day=1 + n // 8) for n in range(TWENTY)]
    outcomes = clients.rush([booking(massage, guest, start) for start in starts])
    assert [outcome.code for outcome in outcomes] == [BOOKED] * TWENTY
    assert Customer.objects.count() == 1


def test_twenty_guesses_at_once_are_five(crowd, rounds):
    clients = crowd(TWENTY)
    for _ in range(rounds(5)):
        AddressCode.objects.all().delete()
        codes.ask("gil@example.org")
        right = codes.digits(AddressCode.objects.get())
        wrong = f"{(int(right) + 1) % 10**6:06}"
        clients.rush([lambda: codes.check("gil@example.org", wrong)] * TWENTY)
        assert AddressCode.objects.get().tries == codes.TRIES
        with pytest.raises(codes.VerificationRequired):
            codes.check("gil@example.org", right)

"""Everybody wants the same time: one gets it, and nobody meets a deadlock."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from openslot.accounts.models import Customer
from openslot.appointments.models import Appointment, Move
from tests import town
from tests.races.crowds import BOOKED, assert_nothing_overlaps

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

TWENTY = 20
LOST = {"slot_taken"}


@pytest.fixture
def many(people):
    return [town.person(f"Client{n}") for n in range(TWENTY)]


@pytest.fixture
def far_ahead(massage, haircut):
    for service in (massage, haircut):
        service.provider.booking_window_days = 1095
        service.provider.save()


def test_twenty_clients_want_one_slot(book, massage, many, far_ahead, crowd, rounds):
    """A provider who answers every request: the request alone holds the time."""
    clients = crowd(TWENTY)
    for day in range(rounds(100)):
        start = town.at(8, day=day)
        outcomes = clients.rush([lambda by=by: book(massage, by, start) for by in many])
        codes = [outcome.code for outcome in outcomes]
        assert codes.count(BOOKED) == 1
        assert set(codes) - {BOOKED} <= LOST
        assert Appointment.objects.filter(start=start).count() == 1
    assert Move.objects.count() == Appointment.objects.count() == clients.rounds


def test_starts_that_overlap(massage, many, far_ahead, crowd, rounds):
    """Half hours of a day for an hour's service: neighbours are in one another's way."""
    clients = crowd(TWENTY)
    for day in range(rounds(100)):
        starts = [town.at(7, day=day) + timedelta(minutes=30) * (n % 6) for n in range(TWENTY)]
        outcomes = clients.rush(
            [
                lambda by=by, at=at: town.book(massage.pk, by=by, start=at)
                for by, at in zip(many, starts, strict=True)
            ]
        )
        codes = [outcome.code for outcome in outcomes]
        assert 2 <= codes.count(BOOKED) <= 3  # of 3½ hours
        assert set(codes) - {BOOKED} <= LOST
    assert_nothing_overlaps(provider=massage.provider)


def test_two_services_of_different_lengths(massage, many, far_ahead, crowd, rounds):
    short = town.service(
        massage.provider, name="Short", duration_minutes=15, buffer_before_minutes=10
    )
    clients = crowd(TWENTY)
    for day in range(rounds(100)):
        offers = [(massage, town.at(8, day=day)), (short, town.at(8, 30, day=day))] * 10
        outcomes = clients.rush(
            [
                lambda by=by, o=offer: town.book(o[0].pk, by=by, start=o[1])
                for by, offer in zip(many, offers, strict=True)
            ]
        )
        codes = [outcome.code for outcome in outcomes]
        assert codes.count(BOOKED) == 1
        assert set(codes) - {BOOKED} <= LOST
    assert_nothing_overlaps(provider=massage.provider)


def test_one_customer_at_eight_providers(book, bob, crowd, rounds):
    """A customer's own time is one, whoever gives it; and who is new to a provider is new once."""
    offers = [town.service(_open_practice(f"Provider{n}")) for n in range(8)]
    hands = crowd(16)
    for day in range(rounds(100)):
        start = town.at(8, day=day)
        outcomes = hands.rush([lambda s=service: book(s, bob, start) for service in offers * 2])
        codes = [outcome.code for outcome in outcomes]
        assert codes.count(BOOKED) == 1
        assert set(codes) - {BOOKED} <= LOST | {"customer_busy"}
        assert Appointment.objects.filter(start=start).count() == 1
    known = Counter(Customer.objects.values_list("provider", flat=True))
    assert set(known.values()) == {1}


def _open_practice(name):
    provider = town.provider(town.person(name), booking_window_days=1095)
    town.hours(provider)
    return provider

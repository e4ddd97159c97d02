"""A form that is pressed twice at the same moment is carried out once, and both get one answer."""

from __future__ import annotations

from functools import partial

import pytest
from django.test import Client

from openslot.appointments.models import Appointment, Series
from openslot.kernel.models import KeptAnswer
from tests import town

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

RULE = "FREQ=WEEKLY;COUNT=4"
SERIES = {"repeat": "weekly", "times": "4", "clashes": "shift"}
NEW = {"email": "nora@example.net", "first_name": "Nora"}
AT = {"date": "2030-04-02", "time": "10:00"}


def clear():
    Appointment.objects.all().delete()
    Series.objects.all().delete()
    KeptAnswer.objects.all().delete()


def pressed(hands, client, path, form):
    """Where each of two hands is led by the same form."""

    def press():
        hand = Client()
        hand.cookies = client.cookies
        return hand.post(path, form | {"once": "a key"})

    answers = [outcome.value for outcome in hands.rush([press, press])]
    assert [answer.status_code for answer in answers] == [302, 302]
    return [answer.url for answer in answers]


@pytest.fixture
def desk(ada):
    client = Client()
    client.force_login(ada)
    return client


@pytest.fixture
def bobs(bob):
    client = Client()
    client.force_login(bob)
    return client


@pytest.mark.parametrize(("more", "made"), [({}, 1), (SERIES | {"step": "book"}, 4)])
def test_a_provider_who_presses_book_twice_books_once(massage, desk, crowd, rounds, more, made):
    hands = crowd(2)
    for _ in range(rounds(50)):
        form = {"service": str(massage.pk)} | AT | NEW | more
        first, second = pressed(hands, desk, "/provider/book/", form)
        assert first == second
        assert Appointment.objects.count() == made
        clear()
    assert hands.deadlocks == 0


def test_a_customer_who_presses_twice_books_one_series(massage, bobs, crowd, rounds):
    """Even where the second would find room beside the first."""
    hands = crowd(2)
    path = f"/p/ada/{massage.pk}/book/several/"
    for _ in range(rounds(50)):
        form = {"at": "2030-04-02T08:00:00Z"} | SERIES
        first, second = pressed(hands, bobs, path, form)
        assert first == second
        assert (Appointment.objects.count(), Series.objects.count()) == (4, 1)
        clear()
    assert hands.deadlocks == 0


def test_two_presses_let_a_series_go_on_once(massage, bob, bobs, crowd, rounds):
    hands = crowd(2)
    book = partial(town.book_series, massage.pk, by=bob, start=town.at(8, day=1), recurrence=RULE)
    for _ in range(rounds(50)):
        made = book()
        pressed(hands, bobs, f"/series/{made.pk}/extend/", {"count": "2", "clashes": "skip"})
        assert Appointment.objects.count() == 6
        clear()
    assert hands.deadlocks == 0

import threading
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connections
from django.test import Client
from django.utils import timezone

from openslot.appointments.models import Appointment
from tests import town
from tests.web.pages import TEN, address


def book(client, service, at=TEN, **fields):
    return client.post(f"/p/{service.provider.slug}/{service.pk}/book/", {"at": at} | fields)


def test_the_question_says_all_that_is_booked(signed_in, bob, massage):
    page = signed_in(bob).get(address(massage)).content.decode()
    for words in ("10:00", "11:00", "Europe/Berlin", "Massage", "€50.00", "answers your request"):
        assert words in page


def test_booking_leads_to_the_appointment(signed_in, bob, massage):
    answer = book(signed_in(bob), massage, notes="Left shoulder")
    made = Appointment.objects.get()
    assert answer.url == f"/appointments/{made.pk}/?booked=1"
    assert made.notes == "Left shoulder"
    assert made.status == "pending"


def test_pressing_twice_books_once(signed_in, bob, massage):
    client = signed_in(bob)
    first, second = (book(client, massage, once="a key") for _ in range(2))
    assert first.url == second.url
    assert Appointment.objects.count() == 1


def test_somebody_unknown_signs_in_and_loses_nothing(client, bob, massage):
    page = client.get(address(massage)).content.decode()
    assert "/accounts/login/?next=%2Fp%2Fada%2F" in page
    assert "/accounts/signup/?next=%2Fp%2Fada%2F" in page
    away = book(client, massage, notes="Left shoulder")
    assert away.url.startswith("/accounts/login/?next=/p/ada/")
    back = client.post(away.url, {"login": bob.email, "password": town.PASSWORD})
    page = client.get(back.url).content.decode()
    assert "10:00" in page
    assert "Left shoulder" in page


def test_a_session_without_an_account_lives_a_day(client, bob, massage):
    away = book(client, massage, notes="Left shoulder")
    [nobodys] = Session.objects.all()
    assert nobodys.expire_date - timezone.now() == timedelta(days=1)
    assert client.cookies["sessionid"]["max-age"] == 24 * 60 * 60
    client.post(away.url, {"login": bob.email, "password": town.PASSWORD})
    [bobs] = Session.objects.all()
    assert bobs.expire_date - timezone.now() == timedelta(days=14)


def test_a_time_just_taken_offers_the_next_ones(signed_in, bob, carol, massage):
    town.booked(massage, carol, town.at(8))
    answer = book(signed_in(bob), massage)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "That time was just taken" in page
    assert "The next free ones" in page
    assert "at=2030-04-01T09%3A00%3A00Z" in page
    assert Appointment.objects.count() == 1


def test_one_cannot_be_at_two_places(signed_in, bob, massage, haircut):
    town.booked(haircut, bob, town.at(8))
    answer = book(signed_in(bob), massage)
    assert answer.status_code == 409
    assert "another appointment" in answer.content.decode()


def test_a_blocked_customer_is_told_no(signed_in, bob, massage, request_of_bob):
    request_of_bob.customer.blocked = True
    request_of_bob.customer.save()
    answer = book(signed_in(bob), massage, at="2030-04-02T08:00:00Z")
    assert answer.status_code == 409
    assert "takes no bookings from you" in answer.content.decode()


def test_too_many_words_are_refused_beside_the_field(signed_in, bob, massage):
    answer = book(signed_in(bob), massage, notes="x" * 2001)
    assert answer.status_code == 422
    assert "at most 2000 characters" in answer.content.decode()
    assert not Appointment.objects.exists()


def test_without_a_time_one_chooses_first(signed_in, bob, massage):
    answer = signed_in(bob).get(f"/p/ada/{massage.pk}/book/")
    assert answer.url == f"/p/ada/?service={massage.pk}"


def test_another_providers_service_is_not_booked_here(signed_in, bob, ada, haircut):
    assert signed_in(bob).get(f"/p/ada/{haircut.pk}/book/?at={TEN}").status_code == 404


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_presses_at_the_same_moment_book_once(signed_in, bob, massage):
    answers = []

    def press():
        client = Client()
        client.cookies = signed.cookies
        answers.append(book(client, massage, once="a key").status_code)
        connections.close_all()

    signed = signed_in(bob)
    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [302, 302]
    assert Appointment.objects.count() == 1

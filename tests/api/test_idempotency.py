"""A booking that is sent again is made once and answered alike."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections
from procrastinate.contrib.django import app

from openslot.appointments.models import Appointment
from openslot.kernel.keeping import idempotency, sealing
from openslot.kernel.models import KeptAnswer
from openslot.privacy import erasure
from tests import town
from tests.api.calling import Caller, done, problem
from tests.town import NOW, booked, hash_once, hours, person, provider, service

KEY = {"idempotency-key": "7f0c"}


def body(of, hour=10, **fields):
    return {"service": str(of.pk), "start": f"2030-04-02T{hour:02}:00:00+02:00"} | fields


def test_the_same_request_gets_the_first_answer(asking, bob, massage):
    first = asking(bob).post("appointments/", body(massage), headers=KEY)
    again = asking(bob).post("appointments/", body(massage), headers=KEY)
    assert done(first, 201) == done(again, 201)
    assert first.content == again.content
    assert first.headers["ETag"] == again.headers["ETag"] == '"1"'
    assert Appointment.objects.count() == 1


def test_the_first_answer_stays_whatever_became_of_the_appointment(asking, bob, massage):
    first = asking(bob).post("appointments/", body(massage), headers=KEY)
    asking(bob).post(f"appointments/{first.json()['id']}/cancel/")
    again = asking(bob).post("appointments/", body(massage), headers=KEY)
    assert again.content == first.content


def test_the_order_of_the_members_does_not_matter(asking, bob, massage):
    turned = dict(reversed(body(massage).items()))
    first = asking(bob).post("appointments/", body(massage), headers=KEY)
    assert asking(bob).post("appointments/", turned, headers=KEY).content == first.content


@pytest.mark.parametrize("other", [{"notes": "x"}, {"start": "tomorrow"}, {"start": None}])
def test_another_body_is_refused(asking, bob, massage, other):
    done(asking(bob).post("appointments/", body(massage), headers=KEY), 201)
    answer = asking(bob).post("appointments/", body(massage) | other, headers=KEY)
    problem(answer, 422, "idempotency_key_reused")


def test_a_key_is_of_one_user(asking, bob, carol, massage):
    done(asking(bob).post("appointments/", body(massage), headers=KEY), 201)
    done(asking(carol).post("appointments/", body(massage, 14), headers=KEY), 201)


def test_a_refused_request_is_not_kept(asking, bob, carol, massage):
    booked(massage, carol, NOW + timedelta(days=1, hours=2))
    problem(asking(bob).post("appointments/", body(massage), headers=KEY), 409, "slot_taken")
    problem(asking(bob).post("appointments/", {}, headers=KEY), 400, "invalid")
    done(asking(bob).post("appointments/", body(massage, 14), headers=KEY), 201)


def test_after_a_day_a_key_is_forgotten(asking, bob, massage, clock):
    done(asking(bob).post("appointments/", body(massage), headers=KEY), 201)
    clock.move_to(NOW + timedelta(hours=23, minutes=59))
    assert idempotency.forget() == 0
    problem(
        asking(bob).post("appointments/", body(massage, 14), headers=KEY),
        422,
        "idempotency_key_reused",
    )
    clock.move_to(NOW + timedelta(hours=24))
    done(asking(bob).post("appointments/", body(massage, 14), headers=KEY), 201)
    clock.move_to(NOW + timedelta(hours=48))
    assert idempotency.forget() == 1
    assert not KeptAnswer.objects.exists()


def kept():
    return "".join(
        sealing.opened(each.answer, context=f"kept answer:{each.owner}")
        for each in KeptAnswer.objects.all()
    )


def work():
    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("more", [{}, {"recurrence": "FREQ=DAILY;COUNT=2"}, {"follow_ups": True}])
def test_a_kept_answer_forgets_a_customer_who_is_erased(asking, ada, bob, massage, more):
    """The provider booked for Bob: a repeat says the same, without him, and books nothing."""
    service(ada.provider, name="Then", requires=massage, requires_min_days=1, requires_max_days=9)
    known = town.book(massage.pk, by=bob, start=town.at(9, day=40)).customer
    asked = body(massage, customer={"id": str(known.pk)}, notes="his knee") | more
    first = done(asking(ada).post("appointments/", asked, headers=KEY), 201)
    assert "Bob Test" in kept()
    assert "his knee" in kept()
    made = Appointment.objects.count()
    erasure.erase(bob)
    work()
    for secret in ("Bob", "his knee"):
        assert secret not in kept()
    again = done(asking(ada).post("appointments/", asked, headers=KEY), 201)
    assert again["id"] == first["id"]
    assert again["customer"]["name"] == "Former customer"
    assert Appointment.objects.count() == made


@pytest.mark.django_db(transaction=True)
def test_a_kept_answer_forgets_a_provider_who_is_erased(asking, ada, bob, carol, massage, haircut):
    first = done(asking(bob).post("appointments/", body(massage, notes="mine"), headers=KEY), 201)
    done(asking(carol).post("appointments/", body(haircut), headers=KEY), 201)
    erasure.erase(ada)
    work()
    again = done(asking(bob).post("appointments/", body(massage, notes="mine"), headers=KEY), 201)
    assert "Ada" not in str(again)
    assert again["provider"]["name"] == "Former provider"
    changed = {"provider", "location"}
    assert {name for name in first if first[name] != again[name]} <= changed
    assert "Dan's practice" in kept()


@pytest.mark.parametrize(
    ("headers", "statements"),
    [
        # Two ask whether a provider had booked for this person before, and three find ahead of
        # the locks that they are new.
        ({}, 23),
        (KEY, 27),  # the key, its answer, and a savepoint for the booking inside
    ],
)
def test_what_a_booking_costs(asking, bob, massage, django_assert_num_queries, headers, statements):
    client = asking(bob)
    with django_assert_num_queries(statements):
        done(client.post("appointments/", body(massage), headers=headers), 201)


@pytest.mark.parametrize("key", ["", "x" * 256, "ключ", "a\tb", "\x7f"])
def test_a_key_that_is_none_is_refused(asking, bob, massage, key):
    answer = asking(bob).post("appointments/", body(massage), headers={"idempotency-key": key})
    problem(answer, 400, "invalid_idempotency_key")


@pytest.mark.parametrize("key", ["x", "x" * 255, "a b~!"])
def test_any_printable_key_will_do(asking, bob, massage, key):
    headers = {"idempotency-key": key}
    done(asking(bob).post("appointments/", body(massage), headers=headers), 201)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_is_carried_out_and_all_get_its_answer(rounds):
    hash_once()
    ada, bob = person("Ada"), person("Bob")
    hours(provider(ada))
    massage = service(ada.provider)
    clients = 6

    def ask(number):
        barrier.wait()
        try:
            headers = {"idempotency-key": f"race-{number}"}
            return Caller(bob).post("appointments/", body(massage, 9 + number % 8), headers=headers)
        finally:
            connections.close_all()

    for number in range(rounds(30)):
        barrier = Barrier(clients)
        with ThreadPoolExecutor(clients) as pool:
            answers = list(pool.map(ask, [number] * clients))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.content for answer in answers}) == 1
        [appointment] = Appointment.objects.all()
        assert answers[0].json()["id"] == str(appointment.pk)
        Appointment.objects.all().delete()


def test_a_series_is_extended_once(asking, bob, massage):
    weekly = town.book_series(
        massage.pk, by=bob, start=town.at(8, day=2), recurrence="FREQ=WEEKLY;COUNT=2"
    )
    path, more = f"series/{weekly.pk}/extend/", {"count": 1}
    first = asking(bob).post(path, more, headers=KEY)
    again = asking(bob).post(path, more, headers=KEY)
    assert done(first)["occurrences"][2:]
    assert first.content == again.content
    assert weekly.occurrences.count() == 3
    answer = asking(bob).post(path, {"count": 2}, headers=KEY)
    problem(answer, 422, "idempotency_key_reused")
    done(asking(bob).post(path, more))
    assert weekly.occurrences.count() == 4


def test_a_key_of_one_series_is_none_of_another(asking, bob, massage):
    made = [
        town.book_series(
            massage.pk, by=bob, start=town.at(hour, day=2), recurrence="FREQ=WEEKLY;COUNT=2"
        )
        for hour in (8, 10)
    ]
    for series, status in zip(made, (200, 422), strict=True):
        answer = asking(bob).post(f"series/{series.pk}/extend/", {"count": 1}, headers=KEY)
        assert answer.status_code == status

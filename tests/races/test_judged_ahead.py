"""A booking is judged before it queues: what comes between the judgement and the lock counts.

Somebody else holds the provider's row until the booking waits for it, changes something, commits.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta

import pytest
from django.db import connection, transaction

from openslot.accounts import locks
from openslot.accounts.models import Customer
from openslot.appointments.booking import drafting, making, one
from openslot.appointments.booking.asking import Request
from openslot.appointments.changing import time_off
from openslot.appointments.desk import customers
from openslot.appointments.holding import holds
from openslot.appointments.models import Act, Appointment, Move
from openslot.availability import busy, hours
from openslot.kernel.errors import DomainError
from openslot.kernel.timerange import Span
from tests import town
from tests.running.processes import until

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

TEN = town.at(8, day=1)
HOUR = timedelta(hours=1)
QUESTION = {
    "id": town.NOBODY,
    "label": "How tall are you?",
    "kind": "text",
    "required": True,
    "new_customers_only": False,
    "help": "",
    "options": [],
}


@pytest.fixture
def known(massage, ada, bob):
    """Bob has booked with Ada before."""
    return town.booked(massage, bob, TEN + 3 * HOUR)


@pytest.fixture
def meanwhile(known, massage, ada, bob, carol, haircut):
    """Book for Bob at ten; `change` is carried out and committed while that waits for the lock."""

    def booked():
        try:
            return town.book(massage.pk, by=bob, start=TEN)
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    def during(change):
        with ThreadPoolExecutor(1) as pool:
            with transaction.atomic():
                locks.provider(massage.provider_id)
                booking = pool.submit(booked)
                until(waited_for, "the booking to queue")
                change()
            return booking.result(timeout=30)

    yield during
    assert not overlapping()


def waited_for():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks"  # pg_stat_activity stands still within a transaction
            " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
        return cursor.fetchone()[0] > 0


def overlapping():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM appointments_appointment a JOIN appointments_appointment b"
            " ON a.provider_id = b.provider_id AND a.id < b.id AND a.held && b.held"
            " WHERE a.status IN ('pending', 'confirmed') AND b.status IN ('pending', 'confirmed')"
        )
        return cursor.fetchall()


def rules(provider, **values):
    for name, value in values.items():
        setattr(provider, name, value)
    provider.save(update_fields=[*values])


def sells(service, **values):
    for name, value in values.items():
        setattr(service, name, value)
    service.save(update_fields=[*values])


CHANGES = {
    "another booking": ("slot_taken", lambda a: town.book(a.massage.pk, by=a.carol, start=TEN)),
    "one that overlaps": (
        "slot_taken",
        lambda a: town.book(a.massage.pk, by=a.carol, start=TEN + HOUR / 2),
    ),
    "a hold": (
        "slot_taken",
        lambda a: holds.take(a.massage.pk, start=TEN, by=holds.Caller(user=a.carol)),
    ),
    "other hours": ("slot_unavailable", lambda a: hours.set_week(a.ada.provider, spans=[])),
    "another grid": (
        "slot_unavailable",
        lambda a: hours.set_week(
            a.ada.provider,
            spans=[hours.WeekSpan(day, time(9, 10), time(17)) for day in range(1, 8)],
        ),
    ),
    "a special day": (
        "slot_unavailable",
        lambda a: hours.set_special(a.ada.provider, day=TEN.date(), spans=[]),
    ),
    "time off": (
        "slot_unavailable",
        lambda a: time_off.take(a.ada.provider, by=a.ada, start=TEN, end=TEN + HOUR),
    ),
    "busy elsewhere": (
        "slot_unavailable",
        lambda a: busy.merge(a.ada.provider, source="x", changes=[("k", Span(TEN, TEN + HOUR))]),
    ),
    "more notice": (
        "slot_unavailable",
        lambda a: rules(a.ada.provider, minimum_notice_minutes=10_000),
    ),
    "no more bookings": ("slot_unavailable", lambda a: rules(a.ada.provider, active=False)),
    "not offered": ("slot_unavailable", lambda a: sells(a.massage, active=False)),
    "removed": ("invalid", lambda a: sells(a.massage, removed_at=town.NOW)),
    "longer": (
        "slot_taken",
        lambda a: sells(a.massage, duration_minutes=240),
    ),
    "something is asked": (
        "invalid",
        lambda a: sells(a.massage, questions=[QUESTION]),
    ),
    "something comes first": (
        "prerequisite_missing",
        lambda a: sells(
            a.massage,
            requires=town.service(a.ada.provider, name="First"),
            requires_min_days=0,
            requires_max_days=9,
        ),
    ),
    "fewer a day": ("limit_reached", lambda a: rules(a.ada.provider, daily_limit=1)),
    "fewer open requests": ("limit_reached", lambda a: rules(a.ada.provider, pending_limit=1)),
    "blocked": (
        "not_allowed",
        lambda a: customers.change(
            a.ada.provider,
            Customer.objects.get(user=a.bob, provider=a.ada.provider).pk,
            blocked=True,
        ),
    ),
    "elsewhere himself": (
        "customer_busy",
        lambda a: town.book(a.haircut.pk, by=a.bob, start=TEN),
    ),
}


class Around:
    def __init__(self, **all_):
        vars(self).update(all_)


@pytest.fixture
def around(massage, haircut, ada, bob, carol):
    return Around(massage=massage, haircut=haircut, ada=ada, bob=bob, carol=carol)


@pytest.mark.parametrize("what", CHANGES)
def test_what_is_changed_before_it_is_its_turn_is_seen(what, meanwhile, around):
    code, change = CHANGES[what]
    acts = Act.objects.count()
    before = {*Appointment.objects.values_list("pk", flat=True)}
    refusal = meanwhile(lambda: change(around))
    assert isinstance(refusal, DomainError)
    assert refusal.code == code
    theirs = Appointment.objects.exclude(pk__in=before)
    assert not theirs.filter(attendee=around.bob, service=around.massage).exists()
    assert Act.objects.count() == acts + theirs.count()


def test_what_leaves_it_free_lets_it_be_booked_as_things_are_then(meanwhile, around):
    def change():
        town.book(around.massage.pk, by=around.carol, start=TEN + HOUR)
        rules(around.ada.provider, confirmation="automatic", buffer_after_minutes=0)
        sells(around.massage, tariff=around.massage.tariff * 2, duration_minutes=30)

    made = meanwhile(change)
    assert (made.status, made.price) == ("confirmed", around.massage.tariff)
    assert made.duration == HOUR / 2
    assert Move.objects.filter(appointment=made, action="book").count() == 1


def test_where_nothing_was_written_it_is_booked(meanwhile):
    made = meanwhile(lambda: None)
    assert (made.status, made.start) == ("pending", TEN)


def test_what_was_undone_was_never_there(known, massage, ada, bob, carol):
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            locks.provider(massage.provider_id)
            booking = pool.submit(_apart, massage, bob)
            until(waited_for, "the booking to queue")
            town.book(massage.pk, by=carol, start=TEN)
            transaction.set_rollback(True)
        assert booking.result(timeout=30).start == TEN
    assert not Appointment.objects.filter(attendee=carol).exists()


def _apart(service, by):
    try:
        return town.book(service.pk, by=by, start=TEN)
    finally:
        connection.close()


@transaction.atomic
def test_the_clock_goes_on_while_one_queues(known, massage, bob, clock):
    request = Request(service=massage.pk, start=TEN)
    plan = making.planned(request, by=bob)
    assert plan.dates[0].refusal is None
    clock.move_to(TEN + timedelta(seconds=1))
    opened = drafting.queued(plan.opened, by=bob)
    assert opened.service is plan.opened.service
    assert one.still(plan, opened).dates[0].refusal.code == "slot_unavailable"


def test_who_is_refused_by_what_stands_queues_for_nobody(known, massage, bob, carol):
    """Somebody holds the provider's row, and what is taken is said to be at once."""
    town.book(massage.pk, by=carol, start=TEN)
    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        locks.provider(massage.provider_id)
        with pytest.raises(DomainError) as refusal:
            pool.submit(_apart, massage, bob).result(timeout=30)
    assert refusal.value.code == "slot_taken"

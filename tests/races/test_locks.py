"""Every write queues for its provider and for its customer, whatever it is about to do."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

from openslot.appointments.changing import answers, cancelling, editing, rescheduling, time_off
from tests import town

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

START = town.at(8, day=1)
TABLES = {"provider": "accounts_provider", "customer": "accounts_user"}
WRITES = {
    "book": lambda made, by: town.book(made.service_id, by=by[1], start=town.at(12, day=1)),
    "book a series": lambda made, by: town.book_series(
        made.service_id, by=by[1], start=town.at(12, day=1), recurrence="FREQ=DAILY;COUNT=2"
    ),
    "book a course": lambda made, by: town.book_course(
        made.service_id, by=by[1], start=town.at(12, day=1)
    ),
    "accept": lambda made, by: answers.accept(made.pk, by=by[0]),
    "decline": lambda made, by: answers.decline(made.pk, by=by[0]),
    "cancel": lambda made, by: cancelling.cancel(made.pk, by=by[1]),
    "reschedule": lambda made, by: rescheduling.reschedule(
        made.pk, by=by[1], start=town.at(12, day=1)
    ),
    "annotate": lambda made, by: editing.annotate(made.pk, by=by[1], notes="x"),
    "time off": lambda made, by: time_off.take(
        by[0].provider,
        by=by[0],
        start=START,
        end=START + timedelta(hours=1),
        conflicts="cancel",
    ),
}


@pytest.fixture
def somebody_else():
    """A connection of its own, in a transaction that is not over."""
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        yield other
        other.rollback()


@pytest.mark.parametrize("whose", TABLES)
@pytest.mark.parametrize("write", WRITES)
def test_a_write_waits_for_who_holds_the_row(write, whose, massage, ada, bob, somebody_else):
    made = town.book(massage.pk, by=bob, start=START)
    row = {"provider": massage.provider_id, "customer": bob.pk}[whose]
    somebody_else.execute(f"SELECT FROM {TABLES[whose]} WHERE id = %s FOR NO KEY UPDATE", [row])
    with pytest.raises(OperationalError) as caught:
        impatiently(WRITES[write], made, (ada, bob))
    assert isinstance(caught.value.__cause__, LockNotAvailable)


@transaction.atomic
def impatiently(write, made, by):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '50ms'")
    write(made, by)

"""Somebody shows an address to be theirs while providers book that address in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import connection

from openslot.accounts.models import Customer
from openslot.privacy import erasure, joining
from tests import town
from tests.running.processes import until
from tests.town import GUEST

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def another():
    """Makes connections of their own, in transactions that are not over."""
    connections = []

    def connect():
        params = connection.get_connection_params() | {"cursor_factory": None}
        connections.append(psycopg.connect(**params))
        return connections[-1]

    yield connect
    for each in connections:
        each.close()


@pytest.fixture
def joining_apart():
    """Join in a thread; the future of it."""

    def joined(user):
        try:
            return joining.join(user, email=user.email)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        yield lambda user: pool.submit(joined, user)


def held(connection_, table, key):
    connection_.execute(f"SELECT FROM {table} WHERE id = %s FOR NO KEY UPDATE", [key])


def waited_for(connection_):
    """Whether somebody queues behind that connection."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))",
            [connection_.info.backend_pid],
        )
        return cursor.fetchone()[0] > 0


def test_a_guest_booked_while_it_queues_is_joined_behind_that_providers_lock(
    massage, ada, bob, another, joining_apart
):
    holds_bob, holds_ada = another(), another()
    held(holds_bob, "accounts_user", bob.pk)
    joined = joining_apart(bob)
    until(lambda: waited_for(holds_bob), "the joining to queue for Bob")
    town.booked(massage, ada, town.at(13), customer=GUEST._replace(email=bob.email))
    held(holds_ada, "accounts_provider", ada.provider.pk)
    holds_bob.rollback()
    until(lambda: joined.done() or waited_for(holds_ada), "the joining to go on")
    assert not joined.done()
    assert not Customer.objects.filter(user=bob).exists()
    holds_ada.rollback()
    assert joined.result(timeout=30) == 1
    assert Customer.objects.get(user=bob).provider == ada.provider


def test_somebody_erased_while_it_queues_is_joined_to_nothing(
    massage, ada, bob, another, joining_apart
):
    town.booked(massage, ada, town.at(13), customer=GUEST._replace(email=bob.email))
    holds_ada = another()
    held(holds_ada, "accounts_provider", ada.provider.pk)
    joined = joining_apart(bob)
    until(lambda: waited_for(holds_ada), "the joining to queue for Ada")
    with_nothing_to_join(bob)
    holds_ada.rollback()
    assert joined.result(timeout=30) == 0


def with_nothing_to_join(user):
    """Erased by a process that does not know of the address, and so queues for nobody."""
    user.emailaddress_set.all().delete()
    erasure.erase(user)

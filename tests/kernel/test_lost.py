"""A connection that is lost within a transaction is an outage, whatever came of it first."""

import contextlib

import pytest
from django.db import OperationalError, connection, connections, transaction
from procrastinate.exceptions import ConnectorException

from openslot import threshold
from openslot.kernel import jobs


class Refused(Exception):
    """What the domain says while nobody knows yet that the database is gone."""


@pytest.fixture
def ended(transactional_db):
    """End the server's side of this connection."""

    def end():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        other = connections.create_connection("default")
        other.connect()
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])
        other.close()

    return end


def ask():
    with connection.prepared() as cursor:
        cursor.execute("SELECT 1")


@transaction.atomic
def refuse_and_ask(end):
    with contextlib.suppress(Refused), transaction.atomic():
        end()
        raise Refused  # the savepoint cannot be undone, and nobody is told
    ask()


@transaction.atomic
def end_and_defer(end):
    end()
    jobs.rescue.defer(timestamp=0)


@transaction.atomic
def fail_and_ask():
    transaction.set_rollback(True)
    ask()


def test_what_is_asked_after_a_refusal_finds_the_database_away(ended):
    with pytest.raises(OperationalError) as lost:
        refuse_and_ask(ended)
    assert threshold.is_away(lost.value)


def test_a_job_that_cannot_be_written_down_finds_the_database_away(ended):
    with pytest.raises(ConnectorException) as lost:
        end_and_defer(ended)
    assert threshold.is_away(lost.value)


def test_a_fault_of_the_program_stays_one(transactional_db):
    with pytest.raises(transaction.TransactionManagementError):
        fail_and_ask()

"""A quick question on a connection that was not asked for a sign of life first."""

import pytest
from django.db import OperationalError, connection

from openslot.kernel.postgres import patience
from openslot.kernel.postgres.base import DatabaseWrapper

pytestmark = pytest.mark.django_db


@pytest.fixture
def pooled():
    """The test's database, with connections out of a pool of one."""
    pool = {"connection_class": patience.Connection, "min_size": 1, "max_size": 1, "timeout": 5}
    known = connection.settings_dict
    options = known["OPTIONS"] | {"pool": pool}
    wrapper = DatabaseWrapper(known | {"OPTIONS": options, "CONN_HEALTH_CHECKS": True}, "default")
    try:
        yield wrapper
    finally:
        wrapper.close()
        wrapper.close_pool()


def asked(wrapper, sql="SELECT pg_backend_pid()"):
    with wrapper.prepared() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def end(pid):
    """End the connection from the other side, and wait until it has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def test_it_is_answered_with_no_more_patience_than_a_sign_of_life(pooled):
    first = asked(pooled)
    pooled.close()
    with pooled.unasked():
        assert asked(pooled) == first
        assert pooled.connection.patience == patience.SIGN_OF_LIFE_SECONDS
    assert pooled.connection.patience == patience.STATEMENT_SECONDS
    with pooled.unasked():  # it is connected, and has shown that it lives
        assert pooled.connection.patience == patience.STATEMENT_SECONDS


def test_who_says_nothing_is_given_up_soon(pooled):
    silent = asked(pooled)
    pooled.close()
    with pytest.raises(OperationalError, match="does not answer"), pooled.unasked():
        asked(pooled, "SELECT pg_sleep(10)")
    end(silent)


def test_a_lost_connection_is_said_to_be_lost_and_the_next_one_lives(pooled):
    lost = asked(pooled)
    pooled.close()
    end(lost)
    with pytest.raises(OperationalError), pooled.unasked():
        asked(pooled)
    assert asked(pooled) != lost

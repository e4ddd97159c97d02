"""A database that was away a moment ago is not asked again at once; one that was demoted, not at
all by the same connection.
"""

import psycopg
import pytest
from django.db import connection

from openslot import environment
from openslot.kernel.postgres import patience


@pytest.fixture
def outage():
    return patience.Outage()


def test_nobody_is_kept_from_a_database_that_was_not_away(outage):
    outage.check()


def test_one_failure_speaks_for_all_for_a_second(outage):
    outage.notice()
    with pytest.raises(psycopg.OperationalError) as refused:
        outage.check()
    assert str(refused.value) == "the database was away a moment ago"
    outage.noticed -= patience.AWAY_SECONDS
    outage.check()


def test_with_the_first_answer_it_is_over(outage):
    outage.notice()
    outage.over()
    outage.check()


@pytest.mark.django_db
def test_a_server_that_takes_no_changes_is_away_and_its_connection_is_not_used_again():
    address = connection.get_connection_params()
    with patience.Connection.connect(**address | {"autocommit": True}) as other:
        other.execute("SET default_transaction_read_only = on")
        with pytest.raises(psycopg.OperationalError, match="takes no changes"):
            other.cursor().execute("DELETE FROM accounts_customer WHERE false")
        assert other.closed


def test_a_server_that_says_nothing_is_noticed_also_by_whoever_only_listens(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://u:p@h/name?keepalives_idle=60")
    options = environment.database_settings()["OPTIONS"]
    assert options["tcp_user_timeout"] == 20_000
    assert int(options["keepalives_idle"]) == 60  # what the address says goes before

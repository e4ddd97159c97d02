"""A database that was away a moment ago is not asked again at once."""

import psycopg
import pytest

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

"""Hot statements are planned once for each connection, unless the operator says otherwise."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openslot import environment
from openslot.kernel.postgres.base import DatabaseWrapper

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["one for itself", "a pool"])
def connected(request, monkeypatch):
    """A connection as the environment says, to the test's database."""
    made = []

    def connect(said):
        monkeypatch.setenv("DATABASE_PREPARED", said)
        monkeypatch.setenv("DATABASE_POOL", "1" if request.param == "a pool" else "0")
        options = environment.database_settings()["OPTIONS"]
        wrapper = DatabaseWrapper(connection.settings_dict | {"OPTIONS": options}, "default")
        made.append(wrapper)
        return wrapper

    yield connect
    for wrapper in made:
        wrapper.close()
        wrapper.close_pool()


def plans(wrapper, values):
    """How often a statement was planned for whatever values come, and for certain ones."""
    for value in values:
        with wrapper.prepared() as cursor:
            cursor.execute("SELECT * FROM unnest(%s::int[])", [value])
    with wrapper.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements"
            " WHERE statement LIKE 'SELECT * FROM unnest%'"
        )
        return cursor.fetchall()


def test_they_are_planned_once(connected):
    assert plans(connected(""), [[1], [2], [3]]) == [(3, 0)]


def test_behind_a_pooler_that_keeps_none_they_are_not_prepared(connected):
    assert plans(connected("off"), [[1], [2], [3]]) == []


def test_what_is_sent_is_told_to_whoever_logs_it(connected):
    wrapper = connected("")
    with CaptureQueriesContext(wrapper) as queries:
        plans(wrapper, [[1], [2]])
    said = [each["sql"] for each in queries]
    assert said[:2] == ["SELECT * FROM unnest($1::int[])"] * 2

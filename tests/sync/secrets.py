"""No token stands in clear anywhere: not in a row, not in a job, not in a log."""

from __future__ import annotations

from django.db import connection

from openslot.devtools.google import Google

SOME = 5_000  # rows: larger tables hold what tests made in bulk


def issued(google: Google) -> list[str]:
    """Every token that this Google gave out, and those of its channels."""
    refresh = [token for grant in google.identity.grants for token in grant.refresh_tokens]
    channels = [one.token for one in google.world.channels.values()]
    return [*refresh, *google.identity.access, *filter(None, channels)]


def look_for(google: Google, logged: str) -> None:
    """Fails where one is found."""
    tokens = issued(google)
    assert not [one for one in tokens if one in logged], "a token stands in the log"
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            rows = f'SELECT t::text FROM (SELECT * FROM "{table}" LIMIT {SOME}) t'
            cursor.execute(rows)
            kept = "\n".join(row for (row,) in cursor.fetchall())
            assert not [one for one in tokens if one in kept], f"a token stands in {table}"

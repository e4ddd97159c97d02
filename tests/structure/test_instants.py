"""PostgreSQL has a tz database of its own, of another date than Python's: nothing of ours asks it.

A statement that turned an instant into a local time would follow the rules of the server's machine,
and free time, hours and what people see those of ours.
"""

import re
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).parents[2] / "openslot"
SOURCES = sorted(
    path for path in [*ROOT.rglob("*.py"), *ROOT.rglob("*.sql")] if "static" not in path.parts
)
# In SQL; and what Django makes `AT TIME ZONE` of: truncating, parts, and lookups by parts.
ASKS = re.compile(
    r"at\s+time\s+zone|\btimezone\(\s*'|date_trunc\(|::date\b|\bTrunc[A-Z]?\w*\(|\bExtract[A-Z]\w*\("
    r"|\b\w+__(date|time|hour|minute|week_day|iso_week_day|week|month|quarter|year|day)\b",
    re.IGNORECASE,
)
TRUNCATOR = "Truncator("  # of texts


def test_no_statement_asks_postgresql_for_a_local_time():
    asked = {
        str(path.relative_to(ROOT)): sorted({match[0] for match in ASKS.finditer(text)})
        for path in SOURCES
        if (text := path.read_text("utf-8").replace(TRUNCATOR, ""))
    }
    assert {path: found for path, found in asked.items() if found} == {}


@pytest.mark.parametrize(
    "text",
    [
        "start AT TIME ZONE 'Europe/Berlin'",
        "timezone('Europe/Berlin', start)",
        "date_trunc('day', start)",
        "start::date",
        'TruncDay("start")',
        'ExtractHour("start")',
        "filter(start__date=day)",
        "filter(start__week_day=2)",
    ],
)
def test_each_way_to_ask_is_seen(text):
    assert ASKS.search(text)


@pytest.mark.django_db
def test_a_connection_speaks_utc():
    with connection.cursor() as cursor:
        cursor.execute("SHOW TimeZone")
        assert cursor.fetchone() == ("UTC",)

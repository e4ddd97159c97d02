"""What a provider's figures cost: a year of 20,000 appointments, beside reading their rows."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from openslot.accounts.models import Provider
from openslot.analytics import report

YEAR = """
INSERT INTO appointments_appointment (id, provider_id, customer_id, attendee_id, service_id, start,
        "end", buffer_before_minutes, buffer_after_minutes, held, status, price, price_currency,
        price_rule, location_kind, location_text, notes, booked_as, uninvited, needs_attention,
        proposed_by, proposal_dependents, version, sequence, created_at, updated_at)
SELECT gen_random_uuid(), customer.provider_id, customer.id, NULL, md5('service1')::uuid,
       s, s + interval '20 minutes', 0, 0,
       tstzmultirange(tstzrange(s, s + interval '20 minutes')),
       (ARRAY['completed', 'completed', 'completed', 'cancelled', 'no_show'])[1 + i %% 5],
       50, 'EUR', '{}', 'in_person', '', '', '', false, false, '', '', 1, 0, s, s
FROM generate_series(1, %(many)s) i
JOIN accounts_customer customer ON customer.id = md5('customer1-' || 1 + i %% 20)::uuid,
     LATERAL (SELECT date_bin('5 minutes', now() - i * interval '365 days' / %(many)s, now())
              AS s) at
"""
BARE = """
SELECT start, "end", status, price, service_id, customer_id FROM appointments_appointment
WHERE provider_id = %s AND start >= %s AND start < %s
"""


def everything(*, many: int = 20_000, rounds: int = 15) -> str:
    with connection.cursor() as cursor:
        cursor.execute(YEAR, {"many": many})
        cursor.execute("VACUUM ANALYZE")
    provider = Provider.objects.get(slug="provider-1")
    last = timezone.now().date()
    lines = [
        f"| figures of a provider with {many:,} appointments in the year | ms | × its rows |",
        "|---|---|---|",
    ]
    for name, days in (("a month", 30), ("a year", 365)):
        first = last - timedelta(days=days - 1)
        bare = _median(rounds, lambda first=first: _rows(provider, first, last))
        whole = _median(rounds, lambda first=first: report.report(provider, first=first, last=last))
        lines.append(f"| {name} | {whole * 1000:.1f} | {whole / bare:.1f} |")
    return "\n".join(lines) + "\n"


def _rows(provider: Provider, first: date, last: date) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(BARE, [provider.pk, first, last + timedelta(days=1)])
        return cursor.fetchall()


def _median(rounds: int, call: Callable[[], Any]) -> float:
    took = []
    for _ in range(rounds):
        started = time.perf_counter()
        call()
        took.append(time.perf_counter() - started)
    return statistics.median(took)

"""A database as it would be after years: by SQL, for the domain's functions would take hours.

The coming weeks are the same whatever the past: only the age differs between two measurements.
"""

from __future__ import annotations

import sys
import time

from django.core.management import call_command
from django.db import connection

CATEGORY_SIZE = 200
CUSTOMERS = 20  # of each provider
COMING = 60  # appointments of each provider in the next weeks

BASE = """
INSERT INTO accounts_user (id, password, is_superuser, email, first_name, last_name, phone,
        timezone, language, photo, is_active, is_staff, date_joined, credentials_version)
SELECT md5('user' || n)::uuid, '!', false, 'user' || n || '@bench.example', 'User', n, '',
       'Europe/Berlin', 'en', '', true, false, now(), 0
FROM generate_series(1, %(providers)s + %(customers)s) n;

INSERT INTO accounts_provider (id, user_id, slug, name, headline, bio, photo, timezone,
        location_kind, location_text, buffer_before_minutes, buffer_after_minutes,
        minimum_notice_minutes, booking_window_days, slot_step_minutes, confirmation,
        pending_expiry_hours, cancellation_notice_hours, complete_after_hours, guests,
        active, created_at, name_folded, headline_folded)
SELECT md5('provider' || n)::uuid, md5('user' || n)::uuid, 'provider-' || n, 'Provider ' || n, '',
       '', '', 'Europe/Berlin', 'in_person', '', 0, 10, 60, 90, 15, 'automatic', 48, 0, 24,
       'allowed', true, now(), 'provider ' || n, ''
FROM generate_series(1, %(providers)s) n;

INSERT INTO catalog_service (id, provider_id, category_id, name, description, duration_minutes,
        pricing, tariff, tariff_currency, location_kind, location_text, active,
        name_folded)
SELECT md5('service' || n)::uuid, md5('provider' || n)::uuid,
       (SELECT id FROM catalog_category ORDER BY id OFFSET (n - 1) / %(size)s LIMIT 1),
       'Service', '', 45, 'fixed', 50, 'EUR', '', '', true, 'service'
FROM generate_series(1, %(providers)s) n;

INSERT INTO availability_workinghours (provider_id, weekday, start, "end", since)
SELECT md5('provider' || n)::uuid, d, s, s + interval '4 hours', now()
FROM generate_series(1, %(providers)s) n, generate_series(1, 6) d,
     (VALUES (time '08:00'), (time '13:00')) spans(s);

INSERT INTO accounts_customer (id, provider_id, user_id, email, first_name, last_name, phone,
        timezone, language, notes, blocked, created_at)
SELECT md5('customer' || n || '-' || c)::uuid, md5('provider' || n)::uuid,
       md5('user' || %(providers)s + 1 + (n * 7 + c) %% %(customers)s)::uuid, '', '', '', '',
       '', '', '', false, now()
FROM generate_series(1, %(providers)s) n, generate_series(1, %(each)s) c;
"""

# Rows first to last of every provider: eight a day, days going back (or forth) from today.
APPOINTMENTS = """
INSERT INTO appointments_appointment (id, provider_id, customer_id, attendee_id, service_id, start,
        "end", buffer_before_minutes, buffer_after_minutes, held, status, price, price_currency,
        price_rule, location_kind, location_text, notes, booked_as, uninvited, needs_attention,
        proposed_by, proposal_dependents, version,
        sequence, created_at, updated_at)
SELECT gen_random_uuid(), md5('provider' || n)::uuid,
       md5('customer' || n || '-' || 1 + i %% 20)::uuid, NULL, md5('service' || n)::uuid,
       s, s + interval '45 minutes', 0, 10,
       tstzmultirange(tstzrange(s, s + interval '55 minutes')), %(status)s, 50, 'EUR', '{}',
       'in_person', '', '', '', false, false, '', '', 1, 0, s - interval '7 days', s
FROM generate_series(%(first)s, %(last)s) i,
     generate_series(1, %(providers)s) n,
     LATERAL (SELECT date_trunc('day', now()) + %(direction)s * (1 + i / 8) * interval '1 day'
                     + (7 + i %% 8) * interval '1 hour' AS s) at
"""


def base(*, providers: int) -> None:
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(
            BASE,
            {
                "providers": providers,
                "customers": providers * 2,
                "each": CUSTOMERS,
                "size": CATEGORY_SIZE,
            },
        )
        cursor.execute(
            APPOINTMENTS,
            {
                "first": 0,
                "last": COMING - 1,
                "providers": providers,
                "status": "confirmed",
                "direction": 1,
            },
        )


BUSY = """
INSERT INTO accounts_provider (id, user_id, slug, name, headline, bio, photo, timezone,
        location_kind, location_text, buffer_before_minutes, buffer_after_minutes,
        minimum_notice_minutes, booking_window_days, slot_step_minutes, confirmation,
        pending_expiry_hours, cancellation_notice_hours, complete_after_hours, guests,
        active, created_at, name_folded, headline_folded)
SELECT md5('busy' || n)::uuid, md5('user' || %(first)s - n)::uuid, 'busy-' || n, 'Busy ' || n, '',
       '', '', 'Europe/Berlin', 'in_person', '', 0, 0, 60, 1095, 15, 'automatic', 48, 0, 24,
       'allowed', true, now(), 'busy ' || n, ''
FROM generate_series(1, %(count)s) n;

INSERT INTO catalog_service (id, provider_id, category_id, name, description, duration_minutes,
        pricing, tariff, tariff_currency, location_kind, location_text, active,
        name_folded)
SELECT md5('busyservice' || n)::uuid, md5('busy' || n)::uuid,
       (SELECT id FROM catalog_category ORDER BY id DESC LIMIT 1),
       'Service', '', 15, 'fixed', 50, 'EUR', '', '', true, 'service'
FROM generate_series(1, %(count)s) n;

INSERT INTO availability_workinghours (provider_id, weekday, start, "end", since)
SELECT md5('busy' || n)::uuid, d, time '00:00', time '00:00', now()
FROM generate_series(1, %(count)s) n, generate_series(1, 7) d;
"""

KNOWN = """
INSERT INTO accounts_customer (id, provider_id, user_id, email, first_name, last_name, phone,
        timezone, language, notes, blocked, created_at)
SELECT gen_random_uuid(), md5('busy' || n)::uuid, person.id, '', '', '', '', '', '', '',
       false, now()
FROM generate_series(1, %(count)s) n, accounts_user person
WHERE NOT EXISTS (SELECT 1 FROM accounts_provider own WHERE own.user_id = person.id);
"""


def busy(count: int) -> None:
    """Providers who work around the clock, a quarter of an hour each, bookable for years, whom
    everybody has booked with before.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_user")
        [users] = cursor.fetchone()
        cursor.execute(BUSY, {"first": users, "count": count})
        cursor.execute(KNOWN, {"count": count})


def past(*, upto: int) -> None:
    """Let there be so many appointments, all providers together, that are over."""
    started = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_provider")
        [providers] = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) / %s FROM appointments_appointment WHERE status = 'completed'",
            [providers],
        )
        [first] = cursor.fetchone()
        cursor.execute(
            APPOINTMENTS,
            {
                "first": first,
                "last": upto // providers - 1,
                "providers": providers,
                "status": "completed",
                "direction": -1,
            },
        )
        cursor.execute("VACUUM ANALYZE")
    sys.stderr.write(f"{upto:,} past appointments in {time.monotonic() - started:.0f} s\n")

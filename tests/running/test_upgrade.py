"""A database of 0.1, filled, comes to this release with every figure: in its place, and by a backup."""

import json
import os
from contextlib import contextmanager
from datetime import date, time, timedelta
from itertools import chain, product

import pytest
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from openslot.accounts import factors
from openslot.accounts.models import User
from openslot.appointments.models import Appointment, Move
from openslot.availability.models import SpecialHours, TimeOffSpan, WorkingHours
from openslot.kernel.timerange import Span
from openslot.notifications import feed
from tests import town
from tests.running.processes import openslot

# The last migrations of commit 8adff29, the database that issue 9 speaks of.
THEN = {
    "accounts": "0002_folded_for_search",
    "api": "0002_idempotency_keys",
    "appointments": "0002_series",
    "availability": "0001_initial",
    "catalog": "0003_categories",
    "notifications": "0001_initial",
}
LATER = {"kernel", "sync", "webhooks"}  # apps that it did not know
LEFT = {"api_idempotencykey"}  # answers of a day: whoever asks again gets slot_taken
FACTORS = "mfa_authenticator"
CHANGED = {FACTORS}  # sealed on the way, see below
BOOKKEEPING = {"django_migrations", "django_content_type", "auth_permission"}
NAME = f"of_the_first_days_{os.environ.get('PYTEST_XDIST_WORKER', '')}"
BEGAN = town.NOW - timedelta(days=100)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@contextmanager
def another_database():
    """The default connection leads to an empty database of its own meanwhile."""
    usual, name = connections[DEFAULT_DB_ALIAS], sql.Identifier(NAME)
    with usual._nodb_cursor() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(name))
    other = connections.create_connection(DEFAULT_DB_ALIAS)
    options = {k: v for k, v in other.settings_dict["OPTIONS"].items() if k != "pool"}
    other.settings_dict = other.settings_dict | {"NAME": NAME, "OPTIONS": options}
    connections[DEFAULT_DB_ALIAS] = other
    try:
        yield
    finally:
        other.close()
        connections[DEFAULT_DB_ALIAS] = usual
        with usual._nodb_cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def migrate_to_then():
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    others = [leaf for leaf in leaves if leaf[0] not in THEN.keys() | LATER]
    return executor.migrate([*THEN.items(), *others]).apps


def rows():
    """Every row of every table, by its columns."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(
                sql.SQL("SELECT to_jsonb(t)::text FROM {} t ORDER BY t").format(
                    sql.Identifier(table)
                )
            )
            found[table] = [json.loads(row) for (row,) in cursor]
    return found


def by_key(held):
    return {row.get("id") or json.dumps(row): row for row in held}


def people(model):
    cast = {}
    for name in ("ada", "bob"):
        cast[name] = model("accounts.User").objects.create(
            email=f"{name}@example.org",
            first_name=name.title(),
            date_joined=BEGAN,
            phone="+49 30 1",
        )
        model("account.EmailAddress").objects.create(
            user=cast[name], email=cast[name].email, primary=True, verified=True
        )
        model("notifications.Feed").objects.create(user=cast[name], key=f"feed-of-{name}")
    model("notifications.Preference").objects.create(user=cast["bob"], reminder_minutes=[120])
    keep = model("mfa.Authenticator").objects.create
    keep(user=cast["bob"], type="totp", data={"secret": SECRET})
    keep(user=cast["bob"], type="recovery_codes", data={"seed": "5eed", "used_mask": 3})
    model("token_blacklist.OutstandingToken").objects.create(
        user=cast["bob"], jti="bobs", expires_at=town.NOW + timedelta(days=9)
    )
    model("api.IdempotencyKey").objects.create(user=cast["bob"], key="k", body_hash="h")
    return cast


def a_practice(model, user):
    provider = model("accounts.Provider").objects.create(
        user=user, slug="ada", name="Ada", timezone="Europe/Berlin", created_at=BEGAN
    )
    provider.categories.add(model("catalog.Category").objects.get(slug="health"))
    provider_s = {"provider": provider}
    model("availability.WorkingHours").objects.create(
        **provider_s, weekday=1, start=time(9), end=time(17)
    )
    model("availability.SpecialHours").objects.create(
        **provider_s, date=date(2030, 4, 20), spans=[["10:00", "12:00"]]
    )
    off = {"start": town.at(10, day=20), "end": town.at(12, day=20)}
    taken = model("availability.TimeOff").objects.create(**provider_s, **off, created_at=BEGAN)
    model("availability.TimeOffSpan").objects.create(**provider_s, **off, time_off=taken)
    model("availability.Busy").objects.create(**provider_s, **off, source="a", key="b")
    sold = {**provider_s, "duration_minutes": 60, "tariff": "45.50", "tariff_currency": "EUR"}
    sold["category"] = model("catalog.Category").objects.get(slug="health")
    first = model("catalog.Service").objects.create(**sold, name="First")
    model("catalog.Service").objects.create(
        **sold, name="Then", requires=first, requires_min_days=1, requires_max_days=9
    )
    return first


def appointments(model, service, bob):
    """One of every status, one of a series, one with a proposal, one of a guest."""
    customer = model("accounts.Customer").objects.create(provider=service.provider, user=bob)
    guest = model("accounts.Customer").objects.create(
        provider=service.provider, email="guest@example.org", first_name="Greta"
    )
    series = model("appointments.Series").objects.create(
        provider=service.provider, customer=customer, service=service, zone_name="Europe/Berlin",
        recurrence="FREQ=WEEKLY;COUNT=2", start=town.at(8, day=2), skipped=[{"reason": "x"}],
    )  # fmt: skip
    statuses = "pending", "confirmed", "completed", "no_show", "declined", "cancelled", "expired"
    for day, status in enumerate(statuses, start=2):
        book(model, service, customer, day, status=status)
    book(model, service, customer, 10, status="confirmed", series=series, series_start=town.at(9))
    book(model, service, guest, 11, status="confirmed", notes="A guest's", version=4, sequence=2)
    book(model, service, customer, 12, status="pending", proposed_start=town.at(12, day=12),
         proposed_end=town.at(13, day=12), proposed_by="provider",
         proposal_expires_at=town.at(8, day=12))  # fmt: skip


def book(model, service, customer, day, **fields):
    span = Span(town.at(8, day=day), town.at(9, day=day))
    made = model("appointments.Appointment").objects.create(
        provider=service.provider, customer=customer, attendee=customer.user, service=service,
        start=span.start, end=span.end, held=[span], price="45.50", price_currency="EUR",
        location_kind="in_person", **fields,
    )  # fmt: skip
    act = model("appointments.Act").objects.create(actor=customer.user, role="customer")
    model("appointments.Move").objects.create(
        act=act, appointment=made, action="request", to_status=fields["status"]
    )
    about = {"appointment": made, "role": "customer"}
    model("notifications.Delivery").objects.create(
        **about, cause=act.pk, act=act, user=customer.user, customer=customer if not customer.user
        else None, channel="email", kind="requested", state="sent",
    )  # fmt: skip
    model("notifications.Reminder").objects.create(**about, minutes=60, due_at=made.start)


def filled():
    """What every table of then holds, once there is something to lose."""
    apps = migrate_to_then()
    cast = people(apps.get_model)
    appointments(apps.get_model, a_practice(apps.get_model, cast["ada"]), cast["bob"])
    return rows()


def by_command(*words):
    """`openslot` with these words, of that database."""
    address = f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{NAME}"
    done = openslot(os.environ["DATA_DIR"], *words, DATABASE_URL=address, seconds=600)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture(scope="module")
def upgraded(django_db_setup, django_db_blocker, tmp_path_factory):
    """What every table held before, and after both ways here: in its place, and by a backup.

    The one that came by a backup stays connected.
    """
    file = str(tmp_path_factory.mktemp("upgraded") / "then.dump")
    with django_db_blocker.unblock():
        with another_database():
            before = filled()
            by_command("backup", file)
            by_command("prepare")
            in_its_place = rows()
        with another_database():
            by_command("restore", file)
            by_command("prepare")
            yield before, [in_its_place, rows()]


def test_every_table_of_then_holds_rows(upgraded):
    before, _ = upgraded
    ours = {f"{app}_" for app in THEN}
    empty = {t for t, held in before.items() if not held and t.startswith(tuple(ours))}
    assert empty <= {"accounts_user_groups", "accounts_user_user_permissions"}


def test_every_row_is_kept_as_it_was(upgraded):
    before, afterwards = upgraded
    kept = before.keys() - LEFT - CHANGED - BOOKKEEPING
    for after, table in product(afterwards, kept):
        old, new = by_key(before[table]), by_key(after[table])
        assert old.keys() == new.keys(), table
        for key, row in old.items():
            assert row.items() <= new[key].items(), table


def test_second_factors_are_sealed_and_open(upgraded):
    before, afterwards = upgraded
    kept = factors.Adapter()
    pairs = (zip(before[FACTORS], after[FACTORS], strict=True) for after in afterwards)
    for old, new in chain.from_iterable(pairs):
        for name in {"secret", "seed"} & old["data"].keys():
            assert new["data"][name] != old["data"][name]
            assert kept.decrypt(new["data"][name]) == old["data"][name]
        assert new["data"].get("used_mask") == old["data"].get("used_mask")


def test_what_is_read_by_todays_models(upgraded):
    assert Appointment.objects.count() == 10
    assert {move.act.via for move in Move.objects.all()} == {"unknown"}
    for model in (WorkingHours, SpecialHours, TimeOffSpan):
        assert model.objects.get().since == BEGAN  # it stood from the first day on, for the figures
    bob = User.objects.get(email="bob@example.org")
    address = feed.address(bob)
    assert "feed-of-bob" in address
    assert feed.read(address.rsplit("/", 1)[1].removesuffix(".ics"))

"""Weeks are kept in memory, and are never older than the last commit."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from psycopg import _queries

from openslot.accounts.models import Provider
from openslot.appointments.changing import cancelling, time_off
from openslot.appointments.free import free_time, slots, weeks
from openslot.appointments.free.grid import Week
from openslot.appointments.free.weeks import memory
from openslot.appointments.holding import holds
from openslot.availability import busy, hours
from openslot.catalog.models import Service
from openslot.kernel.timerange import Span
from tests import town
from tests.appointments.offered import BERLIN, MONDAY, starts
from tests.town import NOW, at

pytestmark = pytest.mark.django_db

READ = set(re.findall(r"\b(?:FROM|JOIN) ([a-z]+_[a-z]+)", free_time.STATEMENT + hours.LOADING))


def revision(provider):
    return Provider.objects.values_list("revision", flat=True).get(pk=provider.pk)


@pytest.fixture(autouse=True)
def _anew():
    memory.forget()


def asked(service, *, days=1):
    """The statements that a list of slots takes, beside the one that fetches the service."""
    fetched = Service.objects.select_related("provider").get(pk=service.pk)
    statements = []

    def noting(execute, sql, *args):
        statements.append(sql)
        return execute(sql, *args)

    with connection.execute_wrapper(noting):
        slots.slots(
            fetched, first=MONDAY, last=MONDAY + timedelta(days=days - 1), zone=BERLIN, now=NOW
        )
    return len(statements)


def test_what_was_asked_once_is_answered_by_one_statement(massage):
    assert asked(massage, days=31) == 3  # revision, hours, free time
    assert asked(massage, days=31) == 1
    assert asked(massage) == 1


def test_what_only_time_changes_is_cut_anew(massage):
    assert starts(massage)[0] == "09:00"
    assert starts(massage, now=at(10))[0] == "12:00"


def test_another_service_with_the_same_buffers_is_answered_too(massage, ada):
    starts(massage)
    assert asked(town.service(ada.provider, name="Short", duration_minutes=15)) == 3  # a write
    assert asked(massage) == 1


class TestEveryWrite:
    """Whatever decides what is free gives its provider another revision; the database sees to it,
    so that no door and no shell can forget it.
    """

    def test_every_table_that_is_read_is_watched(self):
        watched = {
            "accounts_provider": {"provider_revised"},
            "accounts_user": {"provider_of_user_concerned"},
        }
        usual = {f"provider_concerned_{event}" for event in ("insert", "update", "delete")}
        with connection.cursor() as cursor:
            cursor.execute("SELECT tgrelid::regclass::text, tgname FROM pg_trigger")
            triggers = set(cursor.fetchall())
        assert len(READ) == 8
        for table in READ | {"catalog_service"}:
            for name in watched.get(table, usual):
                assert (table, name) in triggers

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE {table} SET provider_id = provider_id WHERE provider_id = %s",
            "DELETE FROM {table} WHERE provider_id = %s",
        ],
    )
    def test_a_statement_of_anybody_else_counts(self, massage, ada, bob, statement):
        provider = ada.provider
        town.booked(massage, bob, at(8))
        busy.merge(provider, source="x", changes=[("k", Span(at(9), at(10)))])
        hours.set_special(provider, day=MONDAY, spans=[])
        time_off.take(provider, by=ada, start=at(12), end=at(13))
        holds.take(massage.pk, start=at(7, day=1), by=holds.Caller())
        for table in sorted(READ - {"accounts_provider", "accounts_user"}):
            if table == "appointments_appointment" and "DELETE" in statement:
                continue
            before = revision(provider)
            with connection.cursor() as cursor:
                cursor.execute(statement.format(table=table), [provider.pk])
            assert revision(provider) != before, table

    def test_a_provider_that_is_saved_as_it_was_read_long_ago_counts(self, ada):
        """It writes the old revision, too; the database knows better."""
        long_ago = Provider.objects.get(pk=ada.provider.pk)
        hours.set_special(ada.provider, day=MONDAY, spans=[])
        before = revision(ada.provider)
        long_ago.save()
        assert revision(ada.provider) not in {before, long_ago.revision}

    def test_an_account_that_is_suspended_counts(self, massage, ada):
        assert starts(massage)
        ada.is_active = False
        ada.save()
        assert starts(massage) == []

    def test_nobody_else_is_concerned(self, massage, haircut, bob):
        before = revision(haircut.provider)
        town.booked(massage, bob, at(8))
        assert revision(haircut.provider) == before

    def test_two_providers_in_one_statement_both_are(self, massage, haircut, bob, carol):
        town.booked(massage, bob, at(8))
        town.booked(haircut, carol, at(8))
        before = {revision(massage.provider), revision(haircut.provider)}
        with connection.cursor() as cursor:
            cursor.execute("UPDATE appointments_appointment SET notes = 'x'")
        assert not before & {revision(massage.provider), revision(haircut.provider)}


def test_what_is_taken_back_was_never_known(massage, bob):
    """Free times that are asked for behind a write that does not come to be."""
    before = starts(massage)
    with transaction.atomic():
        booked = town.booked(massage, bob, at(8))
        assert starts(massage) != before
        transaction.set_rollback(True)
    with transaction.atomic():
        assert starts(massage) == before
    again = town.booked(massage, bob, at(11))
    assert again.start != booked.start
    assert "13:00" not in starts(massage)
    cancelling.cancel(again.pk, by=bob)
    assert starts(massage) == before


def test_a_provider_as_it_was_is_not_remembered_as_it_is(massage, ada):
    """Somebody who read the provider before it moved to another zone makes nobody else wrong."""
    long_ago = Service.objects.select_related("provider").get(pk=massage.pk)
    Provider.objects.filter(pk=ada.provider.pk).update(timezone="Asia/Tokyo")
    slots.slots(long_ago, first=MONDAY, last=MONDAY, zone=BERLIN, now=NOW)
    tuesday = MONDAY + timedelta(days=1)
    assert starts(massage, tuesday) == [
        *(f"{hour:02}:{half}" for hour in range(2, 9) for half in ("00", "30")),
        "09:00",
    ]


def test_memory_is_bounded_and_the_least_asked_for_goes_first():
    small = weeks.Memory(1000)
    pieces = [weeks.Piece(town.NOBODY, timedelta(), timedelta(), n, n + 1) for n in range(30)]
    for piece in pieces:
        small.keep(piece, town.NOBODY, Week(0, 1, [0] * 100, None))
        small.get(pieces[0], town.NOBODY)
    known = [small.get(piece, town.NOBODY) is not None for piece in pieces]
    assert (known[0], known[-1], sum(known)) == (True, True, 5)


def test_an_appointment_that_runs_into_the_next_piece_is_seen(massage, ada, bob):
    """Pieces change at midnight UTC on a Thursday: 02:00 in Berlin."""
    thursday = next(
        day
        for day in (MONDAY + timedelta(days=n) for n in range(7))
        if (day - date(1970, 1, 1)).days % 7 == 0
    )
    ada.provider.working_hours.all().delete()
    town.hours(ada.provider, start="00:00", end="05:00")
    before = starts(massage, thursday)
    assert before[:6] == ["00:00", "00:30", "01:00", "01:30", "02:00", "02:30"]
    midnight = NOW.replace(hour=0) + (thursday - MONDAY)
    town.booked(massage, bob, midnight)
    assert starts(massage, thursday)[:4] == ["00:00", "00:30", "01:00", "03:00"]


def test_what_is_sent_is_short_enough_to_be_taken_to_pieces_once():
    """Of a statement without its comments psycopg keeps the places; of a longer one it would not."""
    assert len(free_time.STATEMENT) <= _queries.MAX_CACHED_STATEMENT_LENGTH
    assert "--" not in free_time.STATEMENT

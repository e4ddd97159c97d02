"""What holds for the whole API: limits, health, the shape of values."""

from datetime import UTC, datetime

import django.db
import pytest
from django.core.cache import caches
from django.db import connection
from moneyed import Money
from rest_framework import serializers

from openslot.api import health
from openslot.api.protocol import fields, links
from openslot.catalog import pricing
from openslot.kernel import limits
from tests.api.calling import done, problem


class TestLimits:
    @pytest.fixture
    def rates(self, settings):
        def limit(**rates):
            default = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
            changed = {"DEFAULT_THROTTLE_RATES": default | rates}
            settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | changed

        return limit

    def test_beyond_the_broad_limit_one_is_told_when_to_come_back(
        self, asking, bob, carol, rates, clock
    ):
        rates(broad="3/min")
        for _ in range(3):
            done(asking(bob).get("appointments/"))
        answer = asking(bob).get("appointments/")
        problem(answer, 429, "throttled")
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
        done(asking(carol).get("appointments/"))  # counted for herself
        clock.shift(int(answer.headers["Retry-After"]))
        done(asking(bob).get("appointments/"))

    def test_a_full_cache_stops_nobody(self, asking, bob, rates, monkeypatch):
        rates(broad="3/min")
        local = caches["local"]
        monkeypatch.setattr(local, "_max_entries", 0)
        done(asking(bob).get("appointments/"))

    def test_bookings_are_counted_for_each_user_in_the_shared_cache(
        self, asking, bob, massage, rates
    ):
        rates(booking="2/min")
        for _ in range(2):
            problem(asking(bob).post("appointments/", {}), 400, "invalid")
        answer = asking(bob).post("appointments/", {})
        problem(answer, 429, "throttled")
        assert int(answer.headers["Retry-After"]) >= 1
        caches["local"].clear()
        problem(asking(bob).post("appointments/", {}), 429, "throttled")
        done(asking(bob).get("appointments/"))  # looking is no booking

    def test_without_rates_nothing_is_counted(self, asking, bob, rates, django_assert_num_queries):
        rates(**dict.fromkeys(("broad", "booking", "signup", "token")))
        caller = asking(bob)
        with django_assert_num_queries(1):  # the caller
            problem(caller.post("appointments/", {}), 400, "invalid")
        assert limits.rate("signup") is None


class TestHealth:
    def test_the_process_is_up_whatever_the_database_does(self, client):
        assert done(client.get("/healthz")) == {"status": "ok"}  # no database is allowed here

    @pytest.mark.django_db
    def test_it_is_ready_once_migrated(self, client):
        assert done(client.get("/readyz")) == {"status": "ok"}

    @pytest.mark.django_db(transaction=True)
    def test_it_is_not_ready_while_a_migration_is_missing(self, client):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE django_migrations SET name = '-' || name WHERE app = 'api'")
        try:
            said = done(client.get("/readyz"), 503)
        finally:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE django_migrations SET name = substr(name, 2) WHERE app = 'api'"
                )
        assert said == {"status": "unavailable", "detail": "Migrations are not applied."}

    @pytest.mark.django_db(transaction=True)
    def test_it_is_not_ready_without_a_database(self, client, monkeypatch):
        connection.close()
        monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
        said = done(client.get("/readyz"), 503)
        assert said["detail"] == "The database cannot be reached."
        with pytest.raises(django.db.Error):
            connection.ensure_connection()
        assert health.missing()

    @pytest.mark.parametrize("address", ["/healthz", "/readyz"])
    def test_they_are_only_looked_at(self, client, address):
        assert client.post(address).status_code == 405


class TestValues:
    @pytest.mark.parametrize(
        ("sent", "read"),
        [
            ("2026-12-01T09:00:00+01:00", datetime(2026, 12, 1, 8, tzinfo=UTC)),
            ("2026-12-01T09:00:00Z", datetime(2026, 12, 1, 9, tzinfo=UTC)),
            ("2026-12-01t09:00:00z", datetime(2026, 12, 1, 9, tzinfo=UTC)),
            ("2026-12-01T09:00:00.25-00:00", datetime(2026, 12, 1, 9, 0, 0, 250_000, tzinfo=UTC)),
            ("2000-01-01T00:00:00Z", datetime(2000, 1, 1, tzinfo=UTC)),
        ],
    )
    def test_an_instant_is_read_with_its_offset(self, sent, read):
        assert fields.InstantField().run_validation(sent) == read

    def test_an_instant_is_written_with_its_offset(self):
        shown = fields.InstantField().to_representation(datetime(2026, 12, 1, 9, tzinfo=UTC))
        assert shown == "2026-12-01T09:00:00Z"

    @pytest.mark.parametrize(
        ("money", "amount"),
        [
            (Money("45", "EUR"), "45.00"),
            (Money("4500", "JPY"), "4500"),
            (Money("1.2345", "KWD"), "1.235"),
            (Money("0", "EUR"), "0.00"),
        ],
    )
    def test_money_has_the_digits_of_its_currency(self, money, amount):
        assert pricing.plain(money) == {"amount": amount, "currency": money.currency.code}

    @pytest.mark.parametrize("tag", ["en", "de", "pt-BR", "zh-Hant-TW", "es-419", "sl-rozaj"])
    def test_a_language_tag_is_accepted(self, tag):
        assert fields.LanguageField().run_validation(tag) == tag

    @pytest.mark.parametrize("tag", ["", "e", "english!", "en_US", "x" * 36, 5, None, "en--us"])
    def test_what_is_no_language_tag_is_refused(self, tag):
        with pytest.raises(serializers.ValidationError):
            fields.LanguageField().run_validation(tag)

    @pytest.mark.parametrize("amount", ["-1", "NaN", "Infinity", "1e3", "", "1,5", 1.5, None, True])
    def test_what_is_no_amount_is_refused(self, amount):
        with pytest.raises(serializers.ValidationError):
            fields.AmountField().run_validation(amount)

    def test_addresses_stand_under_the_base_url(self, settings):
        settings.BASE_URL = "https://book.example.org"
        assert links.absolute("/media/a.jpg") == "https://book.example.org/media/a.jpg"
        assert links.absolute("https://cdn.example.org/a") == "https://cdn.example.org/a"


class Inner(fields.Body):
    kind = fields.Text()
    text = fields.Text(default="none")


class Outer(fields.Body):
    name = fields.Text()
    inner = Inner(required=False)


def test_in_a_patch_an_object_comes_whole():
    outer = Outer(data={"inner": {"text": "x"}}, partial=True)
    assert not outer.is_valid()
    assert outer.errors.keys() == {"inner"}
    outer = Outer(data={"inner": {"kind": "x"}}, partial=True)
    assert outer.is_valid()
    assert outer.validated_data == {"inner": {"kind": "x", "text": "none"}}


def test_only_a_bearer_token_counts(asking, bob):
    token = asking(bob).headers["authorization"].partition(" ")[2]
    for scheme in ("Token", "Basic", "JWT"):
        answer = asking().get("appointments/", headers={"authorization": f"{scheme} {token}"})
        problem(answer, 401, "not_authenticated")
    problem(asking().get("appointments/", access_token=token), 401, "not_authenticated")

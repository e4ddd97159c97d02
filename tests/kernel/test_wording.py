"""Days, clocks, money, numbers and shares as a language writes them."""

from datetime import UTC, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation
from moneyed import Money

from openslot.kernel.wording import amounts, clocks, dates

AT = datetime(2026, 12, 1, 9, 5, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "english", "german"),
    [
        (dates.short, "Tue 1 Dec", "Di, 1. Dez."),
        (dates.short_with_year, "Tue 1 Dec 2026", "Di, 1. Dez. 2026"),
        (dates.long, "Tuesday 1 December", "Dienstag, 1. Dezember"),
        (dates.long_with_year, "Tuesday 1 December 2026", "Dienstag, 1. Dezember 2026"),
        (dates.of_month, "1 December", "1. Dezember"),
        (dates.of_year, "1 December 2026", "1. Dezember 2026"),
        (dates.seconds, "09:05:07", "09:05:07"),
    ],
)
def test_a_day_stands_in_the_order_of_its_language(said, english, german):
    with timezone.override(UTC):
        assert said(AT) == english
        with translation.override("de"):
            assert said(AT) == german


def test_a_moment_is_told_on_the_clock_of_a_zone():
    berlin = ZoneInfo("Europe/Berlin")
    with timezone.override(UTC):
        assert dates.moment(AT) == "Tue 1 Dec, 09:05"
        assert dates.moment(AT, berlin) == "Tue 1 Dec, 10:05"
        assert dates.clock(AT, berlin) == "10:05"
    assert dates.clock(time(0, 5)) == "00:05"


@pytest.mark.parametrize(
    ("language", "money", "number", "share", "currency"),
    [
        ("en", "€1,234.50", "12,345", "46%", "US Dollar"),
        ("de", "1.234,50\xa0€", "12.345", "46\xa0%", "US-Dollar"),
        ("tlh", "€1,234.50", "12,345", "46%", "US Dollar"),  # CLDR has no Klingon
    ],
)
def test_amounts_are_those_of_the_language(language, money, number, share, currency):
    with translation.override(language):
        assert amounts.money(Money("1234.5", "EUR")) == money
        assert amounts.number(12345) == number
        assert amounts.per_cent(Decimal("0.456")) == share
        assert amounts.currency("USD") == currency


@pytest.mark.parametrize(
    ("tag", "counted"),
    [
        *(("en", "24"), ("de", "24"), ("de-AT", "24"), ("en-GB", "24"), ("fr", "24")),
        *(("en-US", "12"), ("en-us", "12"), ("en-AU", "12"), ("ar", "12"), ("hi", "12")),
        *(("en-XX", "24"), ("nonsense", "24"), ("", "24"), ("bg", "24")),
    ],
)
def test_clocks_count_as_they_do_where_a_language_is_spoken(tag, counted):
    assert clocks.usual(tag) == counted


def test_clocks_of_twelve_hours_say_which_half_of_the_day():
    with timezone.override(UTC), clocks.override("12"):
        said = [dates.clock(time(hour, 5)) for hour in (0, 9, 12, 14)]
        assert dates.moment(AT) == "Tue 1 Dec, 9:05 AM"
        assert dates.seconds(AT) == "9:05:07 AM"
    assert said == ["12:05 AM", "9:05 AM", "12:05 PM", "2:05 PM"]
    assert dates.clock(time(14, 5)) == "14:05"

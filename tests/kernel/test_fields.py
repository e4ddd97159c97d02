"""Columns that Django does not have."""

from datetime import UTC, datetime

from openslot.kernel import fields
from openslot.kernel.timerange import Span


def span(first, last):
    return Span(datetime(2030, 4, 1, first, tzinfo=UTC), datetime(2030, 4, 1, last, tzinfo=UTC))


def test_spans_are_half_open_ranges_in_the_database_and_come_back_as_they_were():
    column = fields.SpansField()
    kept = column.get_prep_value([span(8, 9), span(10, 12)])
    assert [(part.lower, part.upper, part.bounds) for part in kept] == [
        (*span(8, 9), "[)"),
        (*span(10, 12), "[)"),
    ]
    assert column.from_db_value(kept, None, None) == [span(8, 9), span(10, 12)]
    assert column.db_type(None) == "tstzmultirange"


def test_no_spans_are_not_the_same_as_nothing():
    column = fields.SpansField()
    assert (column.get_prep_value(None), column.from_db_value(None, None, None)) == (None, None)
    assert list(column.get_prep_value([])) == []


def test_an_amount_has_four_digits_behind_the_point_and_is_in_euros_unless_said():
    amount = fields.money(max_digits=12)
    assert (amount.max_digits, amount.decimal_places) == (12, 4)
    assert str(amount.default_currency) == "EUR"

"""Columns are set from what somebody sent, as far as they allow."""

import pytest
from django.core.exceptions import FieldDoesNotExist

from openslot.accounts.models import Provider
from openslot.kernel.errors import Invalid
from openslot.kernel.rows import assignment, columns

ALLOWED = ("name", "pending_expiry_hours", "confirmation", "services")


@pytest.fixture
def row():
    return Provider(name="Ada", pending_expiry_hours=48)


def test_what_fits_is_set_and_its_names_are_told(row):
    values = {"name": "  Ada's practice ", "pending_expiry_hours": 12}
    assert assignment.assign(row, values, allowed=ALLOWED) == ["name", "pending_expiry_hours"]
    assert (row.name, row.pending_expiry_hours) == ("Ada's practice", 12)
    assert assignment.assign(row, {}, allowed=ALLOWED) == []


def test_everything_that_does_not_fit_is_told_and_nothing_is_set(row):
    values = {"name": "Eve", "pending_expiry_hours": -1, "confirmation": "maybe"}
    with pytest.raises(Invalid) as refused:
        assignment.assign(row, values, allowed=ALLOWED)
    assert set(refused.value.errors) == {"pending_expiry_hours", "confirmation"}
    assert (row.name, row.pending_expiry_hours) == ("Ada", 48)


def test_text_has_its_length_and_no_null_in_it(row):
    longest = Provider._meta.get_field("name").max_length
    for text, words in (
        ("x" * (longest + 1), f"At most {longest} characters."),
        ("A\x00da", "Null characters are not allowed."),
    ):
        with pytest.raises(Invalid) as refused:
            assignment.assign(row, {"name": text}, allowed=ALLOWED)
        assert refused.value.errors == {"name": [words]}
    assert assignment.assign(row, {"name": "x" * longest}, allowed=ALLOWED) == ["name"]


@pytest.mark.parametrize("name", ["user", "nothing", "services"])
def test_what_is_not_allowed_or_no_column_is_a_mistake_of_the_code(row, name):
    with pytest.raises(FieldDoesNotExist, match=name):
        assignment.assign(row, {name: "x"}, allowed=ALLOWED)


def test_the_bounds_of_a_column_are_those_that_it_is_checked_by(row):
    low, high = columns.bounds(Provider._meta.get_field("pending_expiry_hours"))
    assert low < high
    for value in (low, high):
        assignment.assign(row, {"pending_expiry_hours": value}, allowed=ALLOWED)
    for value in (low - 1, high + 1):
        with pytest.raises(Invalid):
            assignment.assign(row, {"pending_expiry_hours": value}, allowed=ALLOWED)

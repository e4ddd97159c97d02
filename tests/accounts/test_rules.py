"""A rule of booking is a column and a line: both doors make their fields of them."""

import pytest
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from openslot.accounts import people
from openslot.accounts.models import Provider
from openslot.accounts.offering import rules
from openslot.api.catalog.views import ProviderDetailOut
from openslot.api.protocol import fields as api_fields
from openslot.api.provider.views import ProfileIn, ProfileOut
from openslot.web.desk.booking_rules import RulesForm
from openslot.web.parts import fields

NO_RULES = {
    *("id", "user", "slug", "name", "headline", "bio", "photo", "timezone", "location_kind"),
    *(
        "location_text",
        "contact_phone",
        "active",
        "listing",
        "created_at",
        "revision",
        "embed_sites",
    ),
    *("name_folded", "headline_folded", "about_folded"),
}
NUMBERS = [column for column in rules.COLUMNS if isinstance(column, models.IntegerField)]


def limits(column):
    return next(
        v.limit_value for v in column._validators if isinstance(v, MinValueValidator)
    ), next(v.limit_value for v in column._validators if isinstance(v, MaxValueValidator))


def test_every_column_of_a_provider_is_a_rule_or_known_as_none():
    named = {column.name for column in Provider._meta.concrete_fields}
    assert named - NO_RULES == set(rules.ALL), "give it a line in accounts/offering/rules.py"


@pytest.mark.parametrize("name", rules.ALL)
def test_a_rule_stands_in_both_doors(name):
    for serializer in (ProfileIn, ProfileOut, ProviderDetailOut):
        assert name in serializer().fields
    assert name in RulesForm.base_fields
    assert name in people.PROVIDER
    groups = [rule.name for group in rules.GROUPS for rule in group.rules]
    assert groups.count(name) == 1


@pytest.mark.parametrize("column", NUMBERS, ids=lambda column: column.name)
def test_the_bounds_are_those_of_the_column(column):
    asked, typed = ProfileIn().fields[column.name], RulesForm.base_fields[column.name]
    assert (asked.min_value, asked.max_value) == limits(column)
    assert (typed.min_value, typed.max_value) == limits(column)
    assert (asked.allow_null, typed.required) == (column.null, not column.null)
    assert not asked.required


def test_a_rule_may_be_a_switch():
    column = models.BooleanField(default=False)
    assert not api_fields.settable(column).required
    assert api_fields.of_column(column).run_validation(True) is True
    assert not fields.of_column(column, label="Silent", help_text="").required

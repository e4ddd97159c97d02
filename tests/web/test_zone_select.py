"""The list of time zones: places, not aliases, with how far each clock is from UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django import forms
from django.utils import translation

from openslot.kernel import timerange
from openslot.web.parts.fields import ZoneField


class Form(forms.Form):
    zone = ZoneField(required=False)


def options(**said):
    return re.findall(r'<option value="([^"]*)"( selected)?>([^<]*)<', str(Form(**said)["zone"]))


def test_each_place_stands_once_and_no_alias():
    names = [name for name, _, _ in options()]
    assert len(names) == len(set(names)) > 400
    assert {"UTC", "Europe/Berlin", "Asia/Kolkata", "America/Argentina/Ushuaia"} <= set(names)
    assert not {"Asia/Calcutta", "US/Pacific", "EST", "Etc/GMT+5", "Europe/Kiev"} & set(names)
    assert set(names) <= timerange.zone_names()


@pytest.mark.parametrize(
    ("name", "winter", "summer"),
    [
        ("UTC", "UTC", "UTC"),
        ("Europe/London", "London, UTC", "London, UTC+1"),
        ("Asia/Kathmandu", "Kathmandu, UTC+5:45", "Kathmandu, UTC+5:45"),
        ("America/St_Johns", "St. John’s, UTC\u22123:30", "St. John’s, UTC\u22122:30"),
        (
            "America/Argentina/Ushuaia",
            "Argentina, Ushuaia, UTC\u22123",
            "Argentina, Ushuaia, UTC\u22123",
        ),
    ],
)
def test_the_offset_is_that_of_now(name, winter, summer):
    for at, label in (
        (datetime(2030, 1, 1, tzinfo=UTC), winter),
        (datetime(2030, 7, 1, tzinfo=UTC), summer),
    ):
        with time_machine.travel(at, tick=False):
            assert {known: said for known, _, said in options()}[name] == label


@pytest.mark.parametrize("name", ["Europe/Berlin", "Asia/Calcutta"])
def test_the_one_that_is_chosen_is_there_an_alias_too(name):
    found = options(initial={"zone": name})
    assert [known for known, selected, _ in found if selected] == [name]


def test_what_is_chosen_is_text_and_no_markup():
    shown = str(Form(data={"zone": '"><script>'})["zone"])
    assert "<script>" not in shown


@pytest.mark.parametrize(
    ("name", "ok"),
    [("Europe/Berlin", True), ("Asia/Calcutta", True), ("Mars", False), ("../etc", False)],
)
def test_any_zone_of_the_tz_database_is_taken(name, ok):
    form = Form(data={"zone": name})
    assert form.is_valid() is ok
    assert ok or form.errors["zone"] == ["There is no such time zone. Choose one of the list."]


def test_places_have_the_names_of_the_readers_language():
    with translation.override("de"):
        page = str(Form()["zone"])
    assert '<optgroup label="Afrika">' in page
    assert re.search(r'<option value="Europe/Vienna">Wien, UTC', page)

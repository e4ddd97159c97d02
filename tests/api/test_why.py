"""`GET /api/provider/why/`, in the shape of the contract."""

import pytest

from openslot.appointments.changing import time_off
from tests import town
from tests.api.calling import done, problem

pytestmark = pytest.mark.django_db
TEN = "2030-04-02T10:00:00+02:00"


def test_what_is_offered(asking, ada, massage):
    said = done(asking(ada).get("provider/why/", service=massage.pk, start="2030-04-02T08:00:00Z"))
    assert said == {
        "service": {"id": str(massage.pk), "name": "Massage"},
        "start": TEN,
        "end": "2030-04-02T11:00:00+02:00",
        "bookable": True,
        "reasons": [],
    }


def test_what_stands_in_the_way(asking, ada, bob, massage):
    made = town.booked(massage, bob, town.at(8, day=1))
    time_off.take(ada.provider, by=ada, start=town.at(7, day=1), end=town.at(12, day=1))
    said = done(asking(ada).get("provider/why/", service=massage.pk, start=TEN))
    assert not said["bookable"]
    assert [(each["code"], each["start"], each["appointment"]) for each in said["reasons"]] == [
        ("time_off", "2030-04-02T09:00:00+02:00", None),
        ("appointment", TEN, str(made.pk)),
    ]
    assert all(each["detail"] for each in said["reasons"])


def test_reasons_without_a_time_have_none(asking, ada, massage):
    start = "2030-04-02T03:00:00Z"
    [reason] = done(asking(ada).get("provider/why/", service=massage.pk, start=start))["reasons"]
    assert (reason["code"], reason["start"], reason["end"]) == ("outside_hours", None, None)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"start": TEN}, "service"),
        ({"service": town.NOBODY}, "start"),
        ({"service": "x", "start": TEN}, "service"),
        ({"service": town.NOBODY, "start": "2030-04-02T10:00:00"}, "start"),
        ({"service": town.NOBODY, "start": TEN, "end": TEN}, "end"),
    ],
)
def test_what_cannot_be_understood_is_named(asking, ada, query, field):
    said = problem(asking(ada).get("provider/why/", **query), 400, "invalid")
    assert field in said["errors"]


def test_another_providers_service_is_none(asking, dan, massage):
    problem(asking(dan).get("provider/why/", service=massage.pk, start=TEN), 404, "not_found")

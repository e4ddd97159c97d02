"""A provider asks on a page why a time is not offered."""

import pytest

from openslot.appointments.changing import time_off
from tests import town
from tests.web.pages import said

pytestmark = pytest.mark.django_db
PAGE = "/provider/why/"


@pytest.fixture
def desk(signed_in, ada):
    return signed_in(ada)


def asked(desk, sold, **changes):
    query = {"service": str(sold.pk), "date": "2030-04-02", "time": "11:00"} | changes
    return desk.get(PAGE, query)


def test_what_is_offered_is_said_to_be(desk, massage):
    page = asked(desk, massage)
    assert page.status_code == 200
    assert "Nothing stands in the way" in said(page)
    assert "Tue 2 Apr 2030" in said(page)


def test_each_thing_in_the_way_leads_to_where_it_is_changed(desk, massage, ada, bob):
    made = town.booked(massage, bob, town.at(9, day=1))
    time_off.take(ada.provider, by=ada, start=town.at(9, day=1), end=town.at(10, day=1))
    page = said(asked(desk, massage))
    assert "You have taken time off." in page
    assert "There is an appointment." in page
    assert "Tue 2 Apr, " in page
    assert f'href="/appointments/{made.pk}/"' in page
    assert 'href="/provider/time-off/"' in page


def test_the_calendars_day_leads_there(desk, massage):
    assert (
        "/provider/why/?date=2030-04-03"
        in desk.get("/provider/agenda/?on=2030-04-03").content.decode()
    )
    page = desk.get(f"{PAGE}?date=2030-04-03")
    assert page.status_code == 200
    assert 'value="2030-04-03"' in said(page)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"time": "noon"}, "time"), ({"date": "x"}, "date"), ({"service": town.NOBODY}, "service")],
)
def test_what_cannot_be_understood_is_said_beside_its_field(desk, massage, changes, field):
    page = asked(desk, massage, **changes)
    assert page.status_code == 422
    assert page.context["form"].errors.keys() == {field}


def test_a_service_of_somebody_else_cannot_be_asked_about(desk, massage, haircut):
    assert asked(desk, haircut).status_code == 422


def test_who_sells_nothing_is_led_to_it(desk):
    assert "No services yet" in said(desk.get(PAGE))


@pytest.mark.parametrize("count", [0, 5])
def test_it_takes_the_same_queries_however_much_is_booked(
    desk, massage, bob, count, django_assert_max_num_queries
):
    for day in range(count):
        town.booked(massage, bob, town.at(9, day=day + 1))
    with django_assert_max_num_queries(12):
        asked(desk, massage)

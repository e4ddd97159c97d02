"""The planner: what its grid is told, and where a drag leads."""

import json

import pytest

from openslot.appointments.changing import answers, time_off
from openslot.appointments.models import Way
from tests import town
from tests.town import at

pytestmark = pytest.mark.django_db

WEEK = "/provider/planner/events/?first=2030-04-01&last=2030-04-07"


@pytest.fixture
def desk(client, ada):
    client.force_login(ada)
    return client


def told(answer):
    assert answer.status_code == 200
    return json.loads(answer.content)


def of(kind, answer):
    return [event for event in told(answer) if event["kind"] == kind]


def test_hours_appointments_and_time_off_stand_in_it_uncut(desk, ada, massage, bob):
    booked = town.booked(massage, bob, at(8, day=1))
    answers.accept(booked.pk, by=ada, via=Way.PAGE)
    off, _ = time_off.take(
        ada.provider, by=ada, via=Way.PAGE, start=at(10, day=3), end=at(10, day=4), reason="Away"
    )
    week = desk.get(WEEK)
    [shown] = of("confirmed", week)
    assert (shown["url"], shown["move"]) == (
        f"/appointments/{booked.pk}/",
        f"/appointments/{booked.pk}/reschedule/",
    )
    assert "Bob Test" in shown["title"]
    assert "Confirmed" in shown["title"]
    [away] = of("off", week)
    assert away["change"] == f"/provider/time-off/{off.pk}/"
    assert len(away["start"]) == len("2030-04-04T12:00:00+02:00")
    assert of("open", week)


def test_time_off_that_comes_again_is_opened_not_dragged(desk, ada):
    time_off.take(
        ada.provider,
        by=ada,
        via=Way.PAGE,
        start=at(10, day=3),
        end=at(11, day=3),
        recurrence="FREQ=WEEKLY;UNTIL=20300501",
    )
    assert ["change" in event for event in of("off", desk.get(WEEK))] == [False]


@pytest.mark.parametrize(
    "days",
    ["", "first=2030-04-02&last=2030-04-01", "first=2030-01-01&last=2030-03-01", "first=x&last=y"],
)
def test_days_that_are_none_or_too_many_are_refused(desk, days):
    assert desk.get(f"/provider/planner/events/?{days}").status_code == 400


def test_what_was_declined_and_what_is_another_providers_is_left_out(desk, ada, dan, massage, bob):
    answers.decline(town.booked(massage, bob, at(8, day=1)).pk, by=ada, via=Way.PAGE)
    assert {event["kind"] for event in told(desk.get(WEEK))} == {"open"}


def test_a_drag_leads_to_the_move_with_its_time_filled_in(desk, massage, bob):
    booked = town.booked(massage, bob, at(8, day=1))
    page = desk.get(f"/appointments/{booked.pk}/reschedule/?at=2030-04-03T09:05:00Z")
    assert 'value="2030-04-03T11:05' in page.content.decode()


def test_a_marked_span_fills_in_time_off_by_the_providers_clock(desk):
    page = desk.get(
        "/provider/time-off/take/?since=2030-04-03T09:05:00Z&until=2030-04-03T10:00:00Z"
    )
    filled = page.context["form"].initial
    assert [str(filled[name]) for name in ("start", "start_time", "end", "end_time")] == [
        "2030-04-03",
        "11:05:00",
        "2030-04-03",
        "12:00:00",
    ]


@pytest.mark.parametrize("span", ["since=x&until=y", "since=2030-04-03T09:05:00Z", "until=0"])
def test_a_span_that_is_none_leaves_the_form_empty(desk, span):
    page = desk.get(f"/provider/time-off/take/?{span}")
    assert page.status_code == 200
    assert page.context["form"].initial == {}


@pytest.mark.parametrize("on", ["", "?on=x", "?on=2030-04-02"])
def test_the_page_opens_on_any_day(desk, on):
    assert desk.get(f"/provider/planner/{on}").status_code == 200


def test_the_queries_do_not_grow_with_what_is_booked(
    desk, massage, bob, carol, django_assert_num_queries
):
    town.booked(massage, bob, at(8, day=1))
    with django_assert_num_queries(7):
        desk.get(WEEK)
    town.booked(massage, carol, at(12, day=1))
    town.booked(massage, carol, at(12, day=2))
    with django_assert_num_queries(7):
        desk.get(WEEK)

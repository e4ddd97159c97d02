"""The week's hours: changed in place, begun with a usual week, and had back as they were."""

import html
import re
from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openslot.availability import hours
from openslot.availability.hours import WeekSpan
from openslot.availability.models import FormerHours
from openslot.web.opening import weeks
from tests.town import NOW

pytestmark = pytest.mark.django_db
PAGE = "/provider/hours/"
CLOCKS = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
SPANS = st.builds(WeekSpan, st.integers(1, 7), CLOCKS, CLOCKS)


@pytest.fixture
def desk(signed_in, ada):
    return signed_in(ada)


def on(provider, day):
    return [
        f"{span.start:%H:%M}-{span.end:%H:%M}"
        for span in hours.week(provider)
        if span.weekday == day
    ]


def undoing(page):
    """What the button that undoes sends, on that page."""
    form = page.partition('class="hours-undo"')[2].partition("</form>")[0]
    return {
        name: html.unescape(value)
        for name, value in re.findall(r'name="(seen|undo)" value="([^"]*)"', form)
    }


def test_hours_are_changed_in_their_place(desk, ada):
    desk.post(PAGE, {"change": "1-09:00", "opens_1-09:00": "10:30", "closes_1-09:00": "15:00"})
    assert on(ada.provider, 1) == ["10:30-15:00"]
    assert on(ada.provider, 2) == ["09:00-17:00"]


def test_what_was_typed_stays_where_it_is_refused_with_the_reason_beside_it(desk, ada):
    desk.post(PAGE, {"add": "1", "opens_1": "18:00", "closes_1": "20:00"})
    wrong = {"change": "1-09:00", "opens_1-09:00": "09:15", "closes_1-09:00": "19:00"}
    answer = desk.post(PAGE, wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    field = page.partition('id="closes-1-09:00"')[2].partition(">")[0]
    assert 'value="19:00"' in field
    assert 'aria-invalid="true" aria-describedby="error-1"' in field
    assert "Two spans overlap" in page.partition('id="error-1"')[2].partition("</div>")[0]
    assert on(ada.provider, 1) == ["09:00-17:00", "18:00-20:00"]


@pytest.mark.parametrize(
    "sent",
    [
        {"change": "1-08:00", "opens_1-08:00": "09:00", "closes_1-08:00": "10:00"},
        {"change": "x", "opens_x": "09:00", "closes_x": "10:00"},
        {"change": "1-09:00", "opens_1-09:00": "", "closes_1-09:00": "10:00"},
        {"usual": "siesta"},
        {"undo": "1-0900-1000", "seen": ""},
        {"undo": "1-0900-1000"},
    ],
    ids=str,
)
def test_what_makes_no_sense_changes_nothing(desk, ada, sent):
    before = hours.week(ada.provider)
    assert desk.post(PAGE, sent).status_code == 422
    assert hours.week(ada.provider) == before


@pytest.mark.parametrize(
    "line",
    ["x", "1", "1-0900", "9-0900-1000", "1-0900-2500", "1-0900-1000.1-0930-1100", "1-090001-1000"],
)
def test_a_week_that_is_none_is_not_gone_back_to(desk, ada, line):
    before = hours.week(ada.provider)
    answer = desk.post(PAGE, {"undo": line, "seen": weeks.written(before)})
    assert answer.status_code == 422
    assert hours.week(ada.provider) == before


@pytest.mark.parametrize("usual", weeks.USUAL, ids=lambda usual: usual.key)
def test_a_usual_week_takes_the_place_of_all_and_is_undone(desk, ada, usual):
    before = hours.week(ada.provider)
    page = desk.post(PAGE, {"usual": usual.key}, follow=True).content.decode()
    assert hours.week(ada.provider) == sorted(usual.week())
    page = desk.post(PAGE, undoing(page), follow=True).content.decode()
    assert hours.week(ada.provider) == before
    assert "Your hours are as they were." in page


def test_a_copied_day_is_undone_and_done_again(desk, ada):
    desk.post(PAGE, {"add": "1", "opens_1": "18:00", "closes_1": "20:00"})
    page = desk.post(PAGE, {"copy": "1", "copy_1": ["2", "6"]}, follow=True).content.decode()
    assert on(ada.provider, 6) == ["09:00-17:00", "18:00-20:00"]
    page = desk.post(PAGE, undoing(page), follow=True).content.decode()
    assert on(ada.provider, 2) == on(ada.provider, 6) == ["09:00-17:00"]
    desk.post(PAGE, undoing(page))
    assert on(ada.provider, 2) == ["09:00-17:00", "18:00-20:00"]


def test_what_has_changed_since_is_not_undone(desk, ada):
    page = desk.post(PAGE, {"usual": "office"}, follow=True).content.decode()
    desk.post(PAGE, {"remove": "5-09:00"})
    answer = desk.post(PAGE, undoing(page))
    assert answer.status_code == 422
    assert "Your hours have changed since." in answer.content.decode()
    assert on(ada.provider, 5) == []


def test_the_way_back_is_offered_only_while_it_leads_there(desk):
    led = desk.post(PAGE, {"usual": "shop"})["Location"]
    assert "Undo" in desk.get(led).content.decode()
    desk.post(PAGE, {"remove": "1-10:00"})
    assert "Undo" not in desk.get(led).content.decode()
    assert "Undo" not in desk.get(PAGE).content.decode()


def test_what_stood_when_a_day_ended_is_kept(desk, ada, clock):
    clock.move_to(NOW + timedelta(days=1))
    desk.post(PAGE, {"usual": "early"})
    kept = FormerHours.objects.filter(provider=ada.provider)
    assert {(row.start, row.end) for row in kept} == {(time(9), time(17))}
    assert kept.count() == 7


def test_hours_past_midnight_are_drawn_on_both_days():
    drawn = weeks.drawn([WeekSpan(7, time(22), time(2)), WeekSpan(3, time(0), time(0))])
    assert drawn[7] == [(22 * 60, 120)]
    assert drawn[1] == [(0, 120)]
    assert drawn[3] == [(0, 1440)]


@given(st.lists(SPANS, max_size=20))
def test_a_week_is_read_as_it_was_written(week):
    assert weeks.read(weeks.written(week)) == sorted(week)


def test_a_week_of_any_size_costs_the_same(desk, massage, ada, django_assert_num_queries):
    desk.get(PAGE)
    for spans in (weeks.USUAL[0].week(), weeks.USUAL[1].week()):
        hours.set_week(ada.provider, spans=spans)
        # session, user, provider, requests, hours, special days, service; revision, hours, free time
        with django_assert_num_queries(10):
            desk.get(PAGE)

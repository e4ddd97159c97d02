"""The planner in a browser: what is dragged leads to the page that moves it."""

import re
from datetime import time

import pytest
from axe_playwright_python.sync_playwright import Axe

from openslot.availability import hours
from tests import town
from tests.town import at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_appointment_that_is_dragged_is_asked_about_at_its_new_time(
    browse, sign_in, ada, massage, bob
):
    booked = town.booked(massage, bob, at(8, day=1))
    page = browse("desk")
    sign_in(page, ada)
    page.goto("/provider/planner/?on=2030-04-02")
    shown = page.locator(".planner-pending")
    shown.scroll_into_view_if_needed()
    box = shown.bounding_box()
    x, y = box["x"] + 30, box["y"] + 8
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 30, steps=6)
    page.mouse.move(x, y + 60, steps=6)
    page.mouse.up()
    page.wait_for_url(re.compile(f"/appointments/{booked.pk}/reschedule/"))
    assert re.search(r"at=2030-04-02T(08|09|10)%3A", page.url)
    booked.refresh_from_db()
    assert booked.start == at(8, day=1)  # nothing has moved yet


def test_a_time_that_is_marked_can_be_booked_or_taken_off(browse, sign_in, ada):
    page = browse("desk")
    sign_in(page, ada)
    page.goto("/provider/planner/?on=2030-04-02")
    grid = page.locator("#planner")
    grid.get_by_text("13:00").first.scroll_into_view_if_needed()
    box = grid.get_by_text("13:00").first.bounding_box()
    page.mouse.move(box["x"] + 120, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 60, steps=6)
    page.mouse.up()
    page.get_by_role("dialog").get_by_role("link", name="Take time off").click()
    page.wait_for_url(re.compile("/provider/time-off/take/"))
    assert page.get_by_label("First day").input_value() == "2030-04-01"


def faults(page):
    """Without the corner of the grid that has no words, which is FullCalendar's own."""
    found = Axe().run(page).response["violations"]
    return [each["id"] for each in found if each["id"] != "empty-table-header"]


def hours_shown(page):
    return re.findall(r"\b\d\d:00\b", page.locator("#planner").inner_text())


def test_the_grid_begins_with_the_working_day_and_shows_all_of_it_on_demand(browse, sign_in, ada):
    page = browse("narrow")
    sign_in(page, ada)
    page.goto("/provider/planner/?on=2030-04-02")
    page.locator("#planner").get_by_text("08:00").wait_for()
    assert hours_shown(page)[:1] == ["08:00"]
    page.get_by_label("Show all hours of the day").check()
    page.locator("#planner").get_by_text("00:00").wait_for()
    assert hours_shown(page)[-1:] == ["23:00"]


def test_what_stands_early_or_late_is_in_the_grid(browse, sign_in, ada, bob):
    late = town.service(ada.provider, name="Night talk")
    hours.set_week(ada.provider, spans=[hours.WeekSpan(2, time(5), time(22, 30))])
    town.booked(late, bob, at(3, day=1))  # 05:00 in Berlin
    page = browse("desk")
    sign_in(page, ada)
    page.goto("/provider/planner/?on=2030-04-02")
    page.locator("#planner").get_by_text("05:00").first.wait_for()
    assert [hours_shown(page)[0], hours_shown(page)[-1]] == ["05:00", "22:00"]


def test_it_says_so_where_the_days_cannot_be_read(browse, sign_in, ada):
    page = browse("phone", theme="dark")
    sign_in(page, ada)
    page.route("**/planner/events/**", lambda route: route.abort())
    page.goto("/provider/planner/?on=2030-04-02")
    page.get_by_role("alert").get_by_text("The calendar could not be loaded.").wait_for()
    assert faults(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_month_fits_a_narrow_phone_and_leads_to_its_days(
    browse, sign_in, ada, massage, bob, theme
):
    type(bob).objects.update(first_name="Donaudampfschifffahrtsgesellschaft" * 5)
    town.booked(massage, bob, at(8, day=1))
    page = browse("narrow", theme=theme)
    sign_in(page, ada)
    page.goto("/provider/planner/?on=2030-04-02")
    page.locator("#planner button", has_text="Month").click()
    page.locator(".planner-pending").wait_for()
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert faults(page) == []
    assert page.locator("#planner button", has_text="Month").bounding_box()["height"] >= 44
    page.locator("#planner").get_by_text("2", exact=True).first.click()
    page.locator("#planner").get_by_text("Tuesday 2").wait_for()

"""The planner in a browser: what is dragged leads to the page that moves it."""

import re

import pytest

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

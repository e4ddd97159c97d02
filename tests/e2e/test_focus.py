"""Where the focus is after a part of a page was swapped, and what the bar leaves to be seen."""

import pytest
from playwright.sync_api import expect

from tests import town
from tests.town import at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def seen(page, selector):
    """Whether the middle of an element is what a finger would meet there."""
    return page.locator(selector).first.evaluate(
        """each => { const box = each.getBoundingClientRect();
        const met = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        return met === each || each.contains(met); }"""
    )


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_a_chosen_time_keeps_the_focus_and_is_not_covered(browse, massage, size):
    page = browse(size)
    page.goto("/p/ada/?day=2030-04-02")
    page.locator(".slot").last.click()
    page.wait_for_selector(".booking-bar")
    expect(page.locator(".slot[aria-current]")).to_be_focused()
    assert seen(page, ".slot[aria-current]")
    page.reload()
    assert seen(page, ".slot[aria-current]")


def test_a_chosen_day_keeps_the_focus(browse, massage):
    page = browse("desk")
    page.goto("/p/ada/?day=2030-04-02")
    page.locator(".picker-month").get_by_label("Thursday 4 April").click()
    expect(page.locator(".picker-month .day[aria-current]")).to_be_focused()


def test_an_answered_request_takes_the_focus_where_it_stood(browse, sign_in, massage, ada, bob):
    item = town.booked(massage, bob, at(8, day=1))
    page = browse("desk")
    sign_in(page, ada)
    page.goto("/provider/requests/")
    page.get_by_role("button", name="Accept").click()
    page.get_by_text("Confirmed").wait_for()
    expect(page.locator(f"#request-{item.pk}")).to_be_focused()


def test_an_expired_session_leads_to_sign_in_and_back_to_the_requests(
    browse, sign_in, massage, ada, bob
):
    town.booked(massage, bob, at(8, day=1))
    page = browse("desk")
    sign_in(page, ada)
    page.goto("/provider/requests/")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Accept").click()
    page.wait_for_url("**/accounts/login/?next=/provider/requests/")
    page.fill("input[name=login]", ada.email)
    page.fill("input[name=password]", town.PASSWORD)
    page.click("main form:has(input[name=password]) button")
    page.wait_for_url("**/provider/requests/")
    assert page.get_by_role("button", name="Accept").count() == 1


def test_the_menu_of_hours_lies_on_the_page_of_a_phone(browse, sign_in, ada):
    page = browse("phone")
    sign_in(page, ada)
    page.goto("/provider/hours/")
    page.locator("#hours-1 summary").first.click()
    box = page.locator("#hours-1 .menu-panel").first.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390

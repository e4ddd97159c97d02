"""Whoever waits for longer than a moment sees that something is under way."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_bar_is_seen_while_an_answer_is_on_its_way(browse, massage):
    page, held = browse("desk"), []
    bar = page.locator("#waiting")

    def hold(route):
        held.append(route)

    page.route("**/find/?search=*", hold)
    page.goto("/")
    expect(bar).to_have_css("opacity", "0")
    with page.expect_request("**/find/?search=*"):
        page.fill("#search", "mass")
    expect(bar).to_have_css("opacity", "1")
    held[0].continue_()
    expect(bar).to_have_css("opacity", "0")


@pytest.mark.parametrize("path", ["/nowhere/", "/p/nobody/"])
def test_a_page_that_is_not_there_helps_on(browse, massage, path):
    page = browse("phone", scripts=False)
    assert page.goto(path).status == 404
    page.fill("#elsewhere", "mass")
    page.press("#elsewhere", "Enter")
    assert page.url.endswith("/find/?search=mass")
    assert "Massage" in page.inner_text("main")

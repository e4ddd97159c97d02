"""Whoever waits for longer than a moment sees that something is under way."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOWN = "getComputedStyle(document.getElementById('waiting')).opacity"


def test_a_bar_is_seen_while_an_answer_is_on_its_way(browse, massage):
    page, held = browse("desk"), []

    def hold(route):
        held.append(route)

    page.route("**/find/?search=*", hold)
    page.goto("/")
    assert page.evaluate(SHOWN) == "0"
    with page.expect_request("**/find/?search=*"):
        page.fill("#search", "mass")
    page.wait_for_function(f"{SHOWN} === '1'")
    assert page.evaluate(
        "getComputedStyle(document.querySelector('#waiting')).transitionDelay"
    ) in {
        "0.15s",
        "0s",  # where less motion is wanted
    }
    held[0].continue_()
    page.wait_for_function(f"{SHOWN} === '0'")


@pytest.mark.parametrize("path", ["/nowhere/", "/p/nobody/"])
def test_a_page_that_is_not_there_helps_on(browse, massage, path):
    page = browse("phone", scripts=False)
    assert page.goto(path).status == 404
    page.fill("#elsewhere", "mass")
    page.press("#elsewhere", "Enter")
    assert page.url.endswith("/find/?search=mass")
    assert "Massage" in page.inner_text("main")

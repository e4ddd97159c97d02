"""A provider's home in a browser: readable by everybody, and the way to what waits."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from openslot.appointments.changing import time_off
from tests import town
from tests.town import at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def full(ada, massage, bob, carol):
    """A day with something of everything."""
    town.booked(massage, bob, at(8))
    town.booked(massage, carol, at(12))
    time_off.take(ada.provider, by=ada, start=at(12), end=at(14), conflicts="keep")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["narrow", "desk"])
def test_home_of_a_provider_has_no_fault(browse, sign_in, ada, full, size, theme):
    page = browse(size, theme=theme)
    sign_in(page, ada)
    page.goto("/")
    page.get_by_text("Worth a look").wait_for()
    assert [each["id"] for each in Axe().run(page).response["violations"]] == []
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def test_from_home_to_an_answered_request_without_javascript(browse, sign_in, ada, full):
    page = browse("phone", scripts=False)
    sign_in(page, ada)
    page.goto("/")
    page.get_by_role("link", name="Answer them").click()
    page.get_by_role("button", name="Accept Bob Test").click()
    page.get_by_text("Accepted. Bob Test gets a mail.").wait_for()


def test_two_requests_are_ticked_and_declined_at_once(browse, sign_in, ada, full):
    page = browse("narrow", scripts=False)
    sign_in(page, ada)
    page.goto("/provider/requests/")
    page.get_by_label("Tick Bob Test").check()
    page.get_by_label("Tick Carol Test").check()
    page.locator("#several summary").click()
    page.get_by_label("Reason").last.fill("I am away.")
    page.get_by_role("button", name="Decline them").click()
    page.get_by_text("2 declined. Each customer gets a mail.").wait_for()
    page.get_by_text("Nothing to answer").wait_for()

"""A page on paper: what was agreed stands on it, and nothing that can only be pressed."""

import pytest

from openslot.accounts import people
from openslot.appointments.changing import answers
from tests import town
from tests.town import at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PRESSED = "button, .btn, input, select, nav, .top-bar, .sidebar, .bottom-bar, .toasts"


@pytest.fixture
def agreed(massage, ada, bob):
    people.change_provider(ada.provider, location_text="Main Street 1, Berlin")
    made = town.booked(massage, bob, at(8, day=1), notes="My left knee")
    answers.accept(made.pk, by=ada)
    return made


def printed(page, path):
    """The text of a page as it is printed."""
    page.emulate_media(media="print", reduced_motion="reduce")
    answer = page.goto(path)
    assert answer.status == 200
    left = page.locator(PRESSED).evaluate_all(
        "found => found.filter(e => e.checkVisibility()).map(e => e.outerHTML.slice(0, 120))"
    )
    assert left == []
    assert page.pdf(format="A4").startswith(b"%PDF")
    return page.inner_text("main")


def test_a_customers_appointments_are_there(browse, sign_in, agreed, bob):
    page = browse("desk", theme="dark")
    sign_in(page, bob)
    listed = printed(page, "/appointments/")
    assert "Massage" in listed
    assert "10:00" in listed
    text = printed(page, f"/appointments/{agreed.pk}/")
    for told in ("Massage", "2 April 2030", "10:00", "Main Street 1, Berlin"):
        assert told in text
    shade = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert shade == "rgb(255, 255, 255)"


def test_a_providers_day_is_there(browse, sign_in, agreed, ada):
    page = browse("desk")
    sign_in(page, ada)
    text = printed(page, "/provider/agenda/?on=2030-04-02")
    assert "Bob" in text
    assert "10:00" in text


def test_a_provider_is_there_with_services_and_hours(browse, agreed):
    text = printed(browse("desk"), "/p/ada/")
    assert "Massage" in text
    assert "Main Street 1, Berlin" in text

"""A provider at the desk, in a browser: hours, requests, and what axe-core says of the pages."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from openslot.appointments.models import Appointment
from openslot.availability import hours
from tests import town
from tests.town import at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = (
    "requests/",
    "agenda/?on=2030-04-02",
    "agenda/?on=2030-04-02&view=week",
    "planner/?on=2030-04-02",
    "services/",
    "services/new/",
    "hours/",
    "time-off/",
    "time-off/take/",
    "profile/",
    "rules/",
    "customers/",
    "book/",
)


@pytest.fixture
def asked(massage, bob, carol):
    town.booked(massage, bob, at(8, day=1))
    town.booked(massage, carol, at(12, day=1))


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_a_provider_sets_hours_and_accepts_a_request_in_place(browse, sign_in, ada, asked, size):
    page = browse(size)
    sign_in(page, ada)

    page.goto("/provider/hours/")
    monday = page.locator("#hours-1")
    monday.locator("summary", has_text="Add").click()
    menu = monday.locator("details[open]")
    menu.get_by_label("Opens").fill("16:00")
    menu.get_by_label("Closes").fill("20:00")
    menu.get_by_role("button", name="Add hours").click()
    monday.get_by_text("Two spans overlap").wait_for()
    assert menu.get_by_label("Closes").input_value() == "20:00"
    expect(menu.get_by_label("Opens")).to_be_focused()
    menu.get_by_label("Opens").fill("18:00")
    menu.get_by_role("button", name="Add hours").click()
    monday.get_by_text("18:00–20:00").wait_for()
    assert page.url.endswith("/provider/hours/")

    page.goto("/provider/requests/")
    first = page.locator("article").first
    first.get_by_role("button", name="Accept").click()
    first.get_by_text("Confirmed").wait_for()
    page.get_by_role("status").get_by_text("Accepted. Bob Test gets a mail.").wait_for()
    assert page.locator("article").count() == 2

    assert len(hours.week(ada.provider)) == 8
    assert sorted(Appointment.objects.values_list("status", flat=True)) == ["confirmed", "pending"]


def test_hours_are_set_and_a_request_declined_without_javascript(browse, sign_in, ada, asked):
    page = browse("phone", scripts=False)
    sign_in(page, ada)
    page.goto("/provider/hours/")
    page.get_by_role("button", name="Remove Monday").click()
    page.locator("#hours-1").get_by_text("Closed").wait_for()

    page.goto("/provider/requests/")
    first = page.locator("article").first
    first.locator("summary").click()
    first.get_by_label("Reason").fill("I am away.")
    first.get_by_role("button", name="Decline the request").click()
    page.get_by_text("Declined. Bob Test gets a mail.").wait_for()
    assert page.locator("article").count() == 1


@pytest.mark.real_clock
def test_other_rules_show_their_times_before_they_are_saved(browse, sign_in, ada, massage):
    """As one types, and without JavaScript by a button."""
    for scripts in (True, False):
        page = browse("phone", scripts=scripts)
        sign_in(page, ada)
        page.goto("/provider/rules/")
        preview = page.locator("#rules-preview")
        preview.get_by_text("What customers see").wait_for()
        window = page.get_by_label("Days ahead")
        window.fill("3")
        window.press("Tab")
        if not scripts:
            preview.get_by_role("button", name="Try these rules").click()
        preview.get_by_text("not saved yet").wait_for()
        assert window.input_value() == "3"
    ada.provider.refresh_from_db()
    assert ada.provider.booking_window_days == 60


@pytest.mark.parametrize("scripts", [True, False])
def test_a_week_is_set_up_by_the_keyboard(browse, sign_in, ada, scripts):
    """A usual week, one day changed, copied, and the copy undone."""
    page = browse("desk", scripts=scripts)
    sign_in(page, ada)
    page.goto("/provider/hours/")
    page.get_by_role("button", name="Mon–Fri 9–12, 13–17").press("Enter")
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    monday, tuesday = page.locator("#hours-1"), page.locator("#hours-2")
    monday.locator("summary", has_text="13:00–17:00").press("Enter")
    menu = monday.locator("details[open]")
    menu.get_by_label("Closes").fill("19:30")
    menu.get_by_label("Closes").press("Enter")
    monday.get_by_text("13:00–19:30").wait_for()
    monday.locator("summary", has_text="Copy").press("Enter")
    monday.get_by_label("Tuesday").press("Space")
    monday.get_by_role("button", name="Copy", exact=True).press("Enter")
    tuesday.get_by_text("13:00–19:30").wait_for()
    page.get_by_role("button", name="Undo").press("Enter")
    tuesday.get_by_text("13:00–17:00").wait_for()
    assert len(hours.week(ada.provider)) == 10


@pytest.mark.parametrize("scripts", [True, False])
def test_every_place_of_the_desk_is_one_tap_away_on_a_phone(browse, sign_in, ada, scripts):
    """The four used most are seen at once; of the others the one that is open is."""
    page = browse("phone", scripts=scripts)
    sign_in(page, ada)
    for name in ("Bookings", "Customers", "Services", "Hours"):
        page.goto("/")
        strip = page.get_by_role("navigation", name="Your desk")
        box = strip.get_by_role("link", name=name).bounding_box()
        assert 0 <= box["x"] <= 390 - box["width"]
        strip.get_by_role("link", name=name).click()
        assert page.locator("h1").inner_text() == name
    if scripts:
        page.goto("/provider/webhooks/")
        box = page.locator(".desk-strip [aria-current]").bounding_box()
        assert 0 <= box["x"] <= 390 - box["width"]


# Both widths with both themes: `make pages`.
@pytest.mark.parametrize(("size", "theme"), [("phone", "light"), ("desk", "dark")])
def test_the_pages_of_the_desk_are_open_to_everybody(browse, sign_in, ada, asked, size, theme):
    page = browse(size, theme=theme)
    sign_in(page, ada)
    for address in PAGES:
        page.goto(f"/provider/{address}")
        found = Axe().run(page)
        grave = [
            (address, each["id"], [node["html"] for node in each["nodes"]][:3])
            for each in found.response["violations"]
            if each["impact"] in {"serious", "critical"}
        ]
        assert grave == []
        wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert not wide, address

import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from openslot.appointments.free import slots
from openslot.appointments.models import Appointment
from tests import town

pytestmark = [pytest.mark.browser, pytest.mark.real_clock, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_somebody_books_four_weeks_sees_them_and_cancels_from_the_second_on(
    browse, sign_in, massage, bob, size, scripts
):
    page = browse(size, scripts=scripts)
    sign_in(page, bob)
    page.goto("/p/ada/")
    page.locator(".slot").first.click()
    page.locator(".booking-bar .btn").click()
    page.get_by_text("Repeat", exact=True).first.click()
    page.fill("input[name=times]", "4")
    page.locator(".repeat").get_by_role("button", name="See the dates").click()
    expect(page.locator(".date-free")).to_have_count(4)
    expect(page.locator(".dates-total")).to_contain_text("€200.00")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    page.get_by_role("button", name="Book 4 appointments").click()
    expect(page.locator(".occurrence")).to_have_count(4)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    series = page.url
    page.locator(".occurrence a").nth(1).click()
    expect(page.locator(".detail")).to_contain_text("2 of 4 in a series")
    page.get_by_role("link", name="Cancel").click()
    question = page.locator("dialog[open]" if scripts else "main")
    question.get_by_text("This and all that follow").click()
    question.get_by_role("button", name="Cancel it").click()
    expect(page).to_have_url(series)
    expect(page.locator(".occurrence-cancelled")).to_have_count(3)
    assert Appointment.objects.pending().count() == 1


SERIOUS = {"serious", "critical"}


def fits(page):
    """Nothing is wider than the screen, and axe-core finds no serious fault."""
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    return not [
        each for each in Axe().run(page).response["violations"] if each["impact"] in SERIOUS
    ]


@pytest.fixture
def follow_up(massage):
    rule = {"requires": massage, "requires_min_days": 7, "requires_max_days": 14}
    return town.service(massage.provider, name="Follow-up", **rule)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_a_provider_books_somebody_four_weeks_and_chooses_what_becomes_of_a_clash(
    browse, sign_in, ada, massage, size, scripts
):
    day = timezone.localdate() + timedelta(days=3)
    page = browse(size, scripts=scripts)
    sign_in(page, ada)

    def fill(name, times):
        page.goto(f"/provider/book/?date={day}&time=20:00")
        page.fill("input[name=email]", f"{name.lower()}@example.net")
        page.fill("input[name=first_name]", name)
        page.get_by_text("More than once").click()
        page.select_option("select[name=repeat]", "weekly")
        page.fill("input[name=times]", times)
        page.get_by_role("button", name="See the dates").click()

    fill("Greta", "2")
    page.get_by_role("button", name="Book 2 appointments").click()
    expect(page.locator(".occurrence")).to_have_count(2)
    fill("Hal", "4")
    expect(page.locator(".date-taken")).to_have_count(2)
    if scripts:
        assert fits(page)
    page.get_by_role("button", name="Take the nearest free time that day").first.click()
    expect(page.locator(".date-free")).to_have_count(4)
    page.get_by_role("button", name="Book 4 appointments").click()
    expect(page.locator(".occurrence")).to_have_count(4)
    if scripts:
        assert fits(page)
    assert Appointment.objects.filter(status="confirmed").count() == 6


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_a_request_is_declined_and_what_depends_on_it_kept(
    browse, sign_in, ada, bob, massage, follow_up, size, scripts
):
    [first] = slots.earliest([massage], limit=1, now=timezone.now())
    town.book_course(massage.pk, by=bob, start=first.slot.start)
    page = browse(size, scripts=scripts)
    sign_in(page, ada)
    page.goto("/provider/requests/")
    card = page.locator("article").filter(has_text="Massage").first
    card.locator("summary").click()
    card.get_by_label("Reason").fill("I am away.")
    card.get_by_role("button", name="Decline the request").click()
    page.get_by_text("Other appointments depend on this one").wait_for()
    if scripts:
        assert fits(page)
    page.get_by_label(re.compile("Keep them")).check()
    page.locator("main").get_by_role("button", name="Decline", exact=True).first.click()
    page.get_by_text("Declined. Bob Test gets a mail.").first.wait_for()
    kept = Appointment.objects.get(service=follow_up)
    assert (kept.status, kept.needs_attention) == ("pending", True)
    page.goto("/provider/requests/")
    page.get_by_text("Needs attention").wait_for()

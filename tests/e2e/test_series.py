import pytest
from playwright.sync_api import expect

from openslot.appointments.models import Appointment

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

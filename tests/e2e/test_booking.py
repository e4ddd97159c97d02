import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from openslot.appointments.models import Appointment
from tests import town

pytestmark = [pytest.mark.browser, pytest.mark.real_clock, pytest.mark.django_db(transaction=True)]


def sign_up(page, name="Kim"):
    page.fill("input[name=first_name]", name)
    page.fill("input[name=last_name]", "Test")
    page.fill("input[name=email]", f"{name.lower()}@example.org")
    page.fill("input[name=password1]", town.PASSWORD)
    page.click("main form button:not([name])")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_somebody_finds_a_time_signs_up_books_and_sees_it(browse, massage, size, scripts):
    page = browse(size, scripts=scripts)
    page.goto("/")
    page.fill("#search", "massage")
    page.click("form[role=search] button")
    page.click("text=Ada's practice")
    page.locator(".slot").first.click()
    bar = page.locator(".booking-bar")
    expect(bar).to_be_visible()
    expect(bar).to_contain_text("Europe/Berlin")
    expect(bar).to_contain_text("€50.00")
    time = page.locator(".slot[aria-current]").inner_text()
    bar.get_by_text(f"Book {time}").click()
    page.locator("main").get_by_role("link", name="Sign up").click()
    sign_up(page)
    page.fill("textarea[name=notes]", "First visit")
    page.locator("main").get_by_role("button", name=f"Book {time}").click()
    expect(page.locator(".status").first).to_contain_text("Request")
    made = Appointment.objects.get()
    assert f"/appointments/{made.pk}/" in page.url
    expect(page.locator("main")).to_contain_text("Times in Europe/Berlin")
    page.goto("/appointments/")
    expect(page.locator(".appointment")).to_contain_text("Massage")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_double_click_on_book_books_once(browse, sign_in, massage, bob, scripts):
    page = browse(scripts=scripts)
    sign_in(page, bob)
    page.goto("/p/ada/")
    page.locator(".slot").first.click()
    page.locator(".booking-bar .btn").click()
    page.locator("main").get_by_role("button", name="Book").dblclick()
    expect(page.locator("#history")).to_be_visible()
    assert Appointment.objects.count() == 1


def test_a_chosen_time_changes_the_picker_without_a_new_page(browse, massage):
    page = browse()
    page.goto("/p/ada/")
    page.evaluate("window.same = true")
    page.locator(".slot").nth(1).click()
    expect(page.locator(".booking-bar")).to_be_visible()
    page.select_option("select[name=zone]", "Asia/Tokyo")
    expect(page.locator(".booking-bar")).to_contain_text("Asia/Tokyo")
    expect(page.locator(".booking-bar")).to_contain_text("in Europe/Berlin")
    assert page.evaluate("window.same")
    assert "zone=Asia" in page.url


def test_the_browsers_own_zone_is_offered_and_taken_only_when_asked_for(browse, massage):
    page = browse(zone="Asia/Tokyo")
    page.goto(f"/p/ada/?day={timezone.localdate() + timedelta(days=1)}")  # today may have begun
    slot = page.locator(".slot").first
    expect(slot).to_have_text("09:00")
    slot.click()
    expect(page.locator(".booking-bar")).to_contain_text("Europe/Berlin")
    page.reload()
    expect(page.locator(".slot").first).to_have_text("09:00")
    page.get_by_role("button", name="Show in your time zone, Asia/Tokyo").click()
    expect(page.locator(".booking-bar")).to_contain_text(re.compile("Book 1[67]:00"))
    expect(page.locator(".booking-bar")).to_contain_text("09:00 in Europe/Berlin")
    expect(page.locator("[data-zone-offer]")).to_be_hidden()


def test_on_a_phone_a_time_is_in_sight_at_once(browse, massage):
    page = browse("phone")
    page.goto("/p/ada/")
    box = page.locator(".slot").first.bounding_box()
    assert box["y"] + box["height"] < page.viewport_size["height"]


def test_cancelling_asks_in_a_dialogue(browse, sign_in, massage, bob):
    page = browse()
    sign_in(page, bob)
    page.goto("/p/ada/")
    page.locator(".slot").first.click()
    page.locator(".booking-bar .btn").click()
    page.locator("main").get_by_role("button", name="Book").click()
    page.get_by_role("link", name="Cancel").click()
    dialogue = page.locator("dialog[open]")
    expect(dialogue).to_contain_text("gets a mail, and the time is free again")
    dialogue.get_by_role("button", name="Cancel it").click()
    expect(page.locator(".status").first).to_contain_text("Cancelled")
    expect(page.locator("#toasts")).to_contain_text("Cancelled")


def test_the_browser_tells_its_zone_at_sign_up(browse, massage):
    page = browse()
    page.goto("/accounts/signup/")
    expect(page.locator("input[name=timezone]")).to_have_value("Europe/Berlin")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_time_is_chosen_from_the_whole_week(browse, massage, scripts):
    page = browse("phone", scripts=scripts)
    page.goto(f"/p/ada/?day={timezone.localdate() + timedelta(days=8)}")
    page.get_by_role("link", name="Week", exact=True).click()
    expect(page.locator(".week-times-day")).to_have_count(7)
    page.locator(".week-times .slot").last.click()
    expect(page.locator(".booking-bar")).to_contain_text("Book 16:00")
    expect(page.locator(".week-times .slot[aria-current]")).to_have_count(1)
    page.get_by_role("link", name="Day", exact=True).click()
    expect(page.locator(".week-times")).to_have_count(0)

"""Without an account, on a phone: as few taps and keys as it takes, with scripts and without."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from openslot.accounts.models import AddressCode, User
from openslot.accounts.signing import codes
from openslot.appointments.models import Appointment, Status
from tests import town

pytestmark = [pytest.mark.browser, pytest.mark.real_clock, pytest.mark.django_db(transaction=True)]

TAPS, AFTER_THE_SERVICE, STROKES = 8, 5, 35
NAME, EMAIL = "Gil Gil", "gil@example.org"  # 22 letters together

KEEP = "Keep all your appointments in one place"


class Thumb:
    """Taps and types, and counts both; whatever is typed into is tapped first."""

    def __init__(self, page):
        self.page, self.taps, self.strokes = page, 0, 0

    def tap(self, what):
        what.tap()
        self.taps += 1

    def type(self, what, text):
        self.tap(what)
        what.press_sequentially(text)
        self.strokes += len(text)

    def press(self, key):
        self.page.keyboard.press(key)
        self.strokes += 1


def chosen(thumb):
    """From the provider's page to the question with the form."""
    thumb.tap(thumb.page.locator(".slot").first)
    thumb.tap(thumb.page.locator(".booking-bar .btn"))
    thumb.type(thumb.page.get_by_label("Name"), NAME)
    thumb.type(thumb.page.get_by_label("E-mail"), EMAIL)


def button(page, name="Book"):
    return page.locator("main").get_by_role("button", name=name).first


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_from_home_to_a_booked_time(browse, massage, scripts):
    page = browse("phone", scripts=scripts)
    thumb = Thumb(page)
    page.goto("/")
    thumb.type(page.locator("#search"), "massage")
    thumb.press("Enter")
    thumb.tap(page.get_by_text("Ada's practice").first)
    before = thumb.taps
    chosen(thumb)
    thumb.tap(button(page))
    expect(page.locator("main")).to_contain_text(KEEP)
    made = Appointment.objects.get()
    assert (made.customer_name, f"/guest/{made.pk.hex}." in page.url) == (NAME, True)
    assert thumb.taps <= TAPS
    assert thumb.taps - before <= AFTER_THE_SERVICE
    assert thumb.strokes <= STROKES
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_with_digits_to_an_account_with_one_password(browse, massage, settings, scripts):
    settings.GUEST_VERIFICATION = "code"
    page = browse("phone", scripts=scripts)
    thumb = Thumb(page)
    page.goto("/p/ada/")
    chosen(thumb)
    button(page).tap()
    expect(page.get_by_label("The six digits")).to_be_visible()
    page.get_by_label("The six digits").fill(codes.digits(AddressCode.objects.get()))
    button(page).tap()
    page.get_by_role("link", name="Choose a password").tap()
    page.get_by_label("Password").fill(town.PASSWORD)
    button(page, "Make the account").tap()
    expect(page.locator(".appointment")).to_contain_text("Massage")
    assert Appointment.objects.visible_to(User.objects.get(email=EMAIL)).count() == 1


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_behind_the_link_it_is_moved_and_cancelled(browse, massage, scripts):
    page = browse("phone", scripts=scripts)
    thumb = Thumb(page)
    page.goto("/p/ada/")
    chosen(thumb)
    button(page).tap()
    expect(page.locator("main")).to_contain_text(KEEP)
    before = Appointment.objects.get()
    page.get_by_role("link", name="Move", exact=True).tap()
    page.locator(".slot:not([aria-current])").last.tap()
    page.locator(".booking-bar").get_by_role("button").tap()
    expect(page.locator("main")).to_contain_text(KEEP)
    assert Appointment.objects.get().start != before.start
    page.get_by_role("link", name="Cancel", exact=True).tap()
    page.get_by_role("button", name="Cancel it").tap()
    expect(page.locator(".status").first).to_contain_text("Cancelled")
    assert Appointment.objects.get().status == Status.CANCELLED


def test_the_time_is_kept_while_the_form_is_filled_in(browse, massage):
    """Once it is open; another browser no longer sees it, and who goes back still does."""
    page, other = browse("phone"), browse("phone")
    page.goto("/p/ada/")
    first = page.locator(".slot").first.inner_text()
    page.locator(".slot").first.tap()
    page.locator(".booking-bar .btn").tap()
    expect(page.locator(".hold")).to_contain_text("Kept for you until")
    other.goto("/p/ada/")
    expect(other.locator(".slot").first).not_to_have_text(first)
    page.get_by_role("link", name="Choose another time").tap()
    expect(page.locator(".slot").first).to_have_text(first)

"""The small task in a real browser: solved while the form is filled in, under the page's own policy."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from openslot.accounts.models import AddressCode, User
from openslot.accounts.signing import codes
from openslot.appointments.models import Appointment
from tests.e2e.sweeping import SIDEWAYS, earliest, sideways, violations

pytestmark = [pytest.mark.browser, pytest.mark.real_clock, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def asked(settings):
    settings.CHALLENGE = "on"


@pytest.fixture
def listening():
    """What the browser complains about."""

    def listen(page):
        told = []
        page.on("console", lambda said: told.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: told.append(str(error)))
        return told

    return listen


def button(page, name="Book"):
    return page.locator("main").get_by_role("button", name=name).first


def to_the_form(page):
    page.goto("/p/ada/")
    page.locator(".slot").first.click()
    page.locator(".booking-bar .btn").click()
    expect(page.get_by_label("Name")).to_be_visible()


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_a_guest_books_and_sees_nothing_of_it(browse, massage, listening, size):
    page = browse(size)
    told = listening(page)
    to_the_form(page)
    page.get_by_label("Name").fill("Gil")
    page.get_by_label("E-mail").fill("gil@example.org")
    button(page).click()
    expect(page.locator("main")).to_contain_text("Keep all your appointments in one place")
    assert Appointment.objects.get().customer_name == "Gil"
    assert not AddressCode.objects.exists()
    assert told == []


def test_whoever_is_quicker_than_the_task_waits_for_it(browse, massage):
    page = browse("desk")
    to_the_form(page)
    page.evaluate(
        """() => {
            document.querySelector("[name=name]").value = "Gil";
            document.querySelector("[name=email]").value = "gil@example.org";
            const pressed = document.querySelector("main form .btn-primary");
            pressed.click(); pressed.click();
        }"""
    )
    expect(page.locator("main")).to_contain_text("Keep all your appointments in one place")
    assert Appointment.objects.count() == 1


def test_where_the_task_cannot_be_solved_digits_come_instead(browse, massage):
    page = browse("phone")
    page.route("**/api/challenge/", lambda route: route.abort())
    to_the_form(page)
    page.get_by_label("Name").fill("Gil")
    page.get_by_label("E-mail").fill("gil@example.org")
    button(page).tap()
    expect(page.get_by_label("The six digits")).to_be_visible()
    page.get_by_label("The six digits").fill(codes.digits(AddressCode.objects.get()))
    button(page).tap()
    expect(page.locator("main")).to_contain_text("Keep all your appointments in one place")


def test_without_scripts_digits_come_instead(browse, massage):
    page = browse("phone", scripts=False)
    to_the_form(page)
    page.get_by_label("Name").fill("Gil")
    page.get_by_label("E-mail").fill("gil@example.org")
    button(page).tap()
    expect(page.get_by_label("The six digits")).to_be_visible()
    page.get_by_label("The six digits").fill(codes.digits(AddressCode.objects.get()))
    button(page).tap()
    expect(page.locator("main")).to_contain_text("Keep all your appointments in one place")


def test_signing_up(browse, listening):
    page = browse("phone")
    told = listening(page)
    page.goto("/accounts/signup/")
    page.get_by_label("First name").fill("Nell")
    page.locator("[name=email]").fill("nell@example.org")
    page.locator("[name=password1]").fill("a long and odd pass-phrase")
    button(page, "Sign up").tap()
    page.wait_for_selector("body.signed-in")
    assert User.objects.get(email="nell@example.org").first_name == "Nell"
    assert told == []


def asking_pages(service):
    """Where a task is asked for; `embed` as in a frame."""
    at = f"{earliest(service):%Y-%m-%dT%H:%M:%SZ}"
    return [
        f"/p/ada/{service.pk}/book/?at={at}",
        f"/embed/ada/{service.pk}/book/?at={at}",
        "/accounts/signup/",
        "/guest/",
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_that_asks_for_it_has_a_fault(browse, massage, theme):
    page = browse("phone", theme=theme)
    for address in asking_pages(massage):
        page.goto(address)
        assert not violations(page, whole=True), address


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_no_page_that_asks_for_it_scrolls_sideways(browse, massage, scripts):
    page = browse("narrow", scripts=scripts)
    assert sideways(page, asking_pages(massage)) == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_that_asks_for_digits_instead_has_no_fault(browse, massage, theme):
    page = browse("narrow", theme=theme)
    page.route("**/api/challenge/", lambda route: route.abort())
    to_the_form(page)
    page.get_by_label("Name").fill("Gil")
    page.get_by_label("E-mail").fill("gil@example.org")
    button(page).click()
    expect(page.get_by_label("The six digits")).to_be_visible()
    assert not violations(page, whole=True)
    assert not page.evaluate(SIDEWAYS)

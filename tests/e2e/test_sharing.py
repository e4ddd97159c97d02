"""An address is told to others: by the system's dialogue, by copying, or by hand."""

import re

import pytest
from playwright.sync_api import expect

from tests import town
from tests.e2e.sweeping import earliest

pytestmark = [pytest.mark.browser, pytest.mark.real_clock, pytest.mark.django_db(transaction=True)]

DIALOGUE = """Object.defineProperty(navigator, "share", {value: async (what) => {
    document.documentElement.dataset.told = JSON.stringify(what);
}})"""
NONE = """Object.defineProperty(navigator, "share", {value: undefined})"""


def test_a_page_is_told_by_the_dialogue_or_by_copying(browse, massage):
    page = browse("phone")
    page.add_init_script(DIALOGUE)
    page.goto("/p/ada/")
    page.get_by_text("Share this page").click()
    page.get_by_role("button", name="Share").click()
    expect(page.locator("html")).to_have_attribute("data-told", re.compile('/p/ada/"'))

    page = browse("phone")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.add_init_script(NONE)
    page.goto("/p/ada/")
    page.get_by_text("Share this page").click()
    page.get_by_role("button", name="Share").click()
    expect(page.locator("#toasts")).to_contain_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()").endswith("/p/ada/")


def test_without_a_script_the_address_stands_in_a_field(browse, massage):
    page = browse("phone", scripts=False)
    page.goto("/p/ada/")
    page.get_by_text("Share this page").click()
    assert page.get_by_label("Address of this page").input_value().endswith("/p/ada/")
    expect(page.get_by_role("button", name="Share")).to_have_count(0)


def test_an_appointment_is_told_with_its_time(browse, sign_in, massage, bob):
    made = town.book(massage.pk, by=bob, start=earliest(massage))
    page = browse("phone")
    page.add_init_script(DIALOGUE)
    sign_in(page, bob)
    page.goto(f"/appointments/{made.pk}/")
    page.get_by_role("link", name="Share").click()
    told = re.compile('"title":"Massage.*"text":".*Europe/Berlin')
    expect(page.locator("html")).to_have_attribute("data-told", told)

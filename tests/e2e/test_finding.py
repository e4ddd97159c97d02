"""Finding somebody: as one types, narrowed, and without scripts."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests import town

pytestmark = [pytest.mark.browser, pytest.mark.real_clock, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def two(massage, people):
    """Ada by day, Kay in the evening and in Lisbon."""
    owner = town.provider(town.person("Kay"), slug="kay", location_text="Rua do Cais 4, Lisboa")
    town.hours(owner, start="18:00", end="20:00")
    return massage, town.service(owner, name="Piano lesson")


@pytest.mark.parametrize("address", ["/", "/find/"])
def test_who_fits_is_shown_as_one_types(browse, two, address):
    page = browse("phone")
    page.goto(address)
    page.locator("#search").press_sequentially("lisb")
    expect(page.locator(".provider-card")).to_have_count(1)
    expect(page.locator(".provider-card")).to_contain_text("Kay's practice")
    expect(page.locator("#found-said")).to_have_text("1 provider found")
    expect(page.locator("#search")).to_be_focused()
    page.locator("#search").fill("zzzzqqqq")
    expect(page.locator("#found-said")).to_have_text("Nobody found")
    if address == "/find/":
        assert "search=zzzzqqqq" in page.url


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_filters_narrow_and_stay(browse, two, scripts):
    page = browse("narrow", scripts=scripts)
    page.goto("/find/")
    page.locator(".filters summary").click()
    page.get_by_label("Time of day").select_option("evening")
    page.get_by_label("Order").select_option("soonest")
    if not scripts:
        page.get_by_role("button", name="Show these").click()
    expect(page.locator(".provider-card")).to_have_count(1)
    expect(page.locator(".provider-card .slot")).to_have_count(3)
    expect(page.get_by_label("Time of day")).to_have_value("evening")
    assert "part=evening" in page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.reload()
    page.get_by_role("link", name="Take the filters away").click()
    expect(page.locator(".provider-card")).to_have_count(2)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_open_filters_have_no_fault(browse, two, theme):
    page = browse("narrow", theme=theme)
    page.goto("/find/?part=evening&price_max=x")
    expect(page.get_by_label("Price up to")).to_have_attribute("aria-invalid", "true")
    assert Axe().run(page).response["violations"] == []

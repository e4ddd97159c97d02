"""Signing in with Google in a browser, against the emulator; and the emulator's own pages."""

import pytest
from allauth.account.models import EmailAddress

from openslot.accounts.models import User
from tests import town

BOB = "bob@example.org"
NEW = "newcomer@gmail.test"

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.real_clock]


@pytest.fixture
def visit(browse, with_google):
    """A page that has pressed "Continue with Google" and stands at Google: visit("phone")."""

    def press(size="desk", at="/accounts/login/", **how):
        page = browse(size, **how)
        page.goto(at)
        page.click("text=Continue with Google")
        page.wait_for_selector("text=Sign in with Google")
        assert page.url.startswith(with_google.url)
        return page

    return press


def choose(page, email):
    page.check(f"input[name=account][value='{email}']")


def agree(page):
    page.click("button[value=allow]")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_somebody_new_makes_an_account(visit, scripts):
    page = visit(at="/accounts/signup/", scripts=scripts)
    choose(page, "another")
    page.fill("input[name=email]", NEW)
    page.fill("input[name=name]", "Nina New")
    agree(page)
    page.wait_for_selector("body.signed-in")

    user = User.objects.get()
    assert (user.email, user.first_name, user.last_name) == (NEW, "Nina", "New")
    assert user.timezone == ("Europe/Berlin" if scripts else "UTC")


def test_an_account_with_the_same_verified_address_is_entered(visit, with_google, bob):
    with_google.account(BOB)
    page = visit("phone")
    choose(page, BOB)
    agree(page)
    page.wait_for_selector("body.signed-in")

    page.goto("/me/")
    assert BOB in page.content()


def test_who_made_an_account_with_somebody_elses_address_is_put_out(
    visit, browse, sign_in, with_google, bob
):
    EmailAddress.objects.filter(user=bob).update(verified=False)
    stranger = browse()
    sign_in(stranger, bob)
    with_google.account(BOB)
    page = visit()
    choose(page, BOB)
    agree(page)
    page.wait_for_selector("body.signed-in")

    stranger.goto("/me/")
    assert "/accounts/login/" in stranger.url
    stranger.fill("input[name=login]", BOB)
    stranger.fill("input[name=password]", town.PASSWORD)
    stranger.click("main form:has(input[name=password]) button")
    stranger.wait_for_selector("main .invalid-feedback, main [role=alert], main .alert")
    assert "/accounts/login/" in stranger.url


def test_who_turns_back_at_google_comes_back_to_a_page_that_says_so(visit):
    page = visit()
    page.click("button[value=deny]")
    page.wait_for_selector("text=Not signed in")

    page.click("text=Sign in another way")
    assert page.url.endswith("/accounts/login/")
    assert not User.objects.exists()


def test_an_address_that_google_has_not_verified_is_told(visit, bob):
    page = visit()
    choose(page, "another")
    page.fill("input[name=email]", BOB)
    page.uncheck("input[name=verified]")
    agree(page)

    page.wait_for_selector("text=Google has not verified this address")


def test_a_calendar_at_the_emulator_is_kept_on_a_phone(browse, google):
    google.account(NEW, "Nina")
    page = browse("phone")
    page.goto(f"{google.url}/")
    page.click("text=Nina")
    page.click("text=New event")
    page.fill("input[name=summary]", "Swimming")
    page.click("button[value=save]")
    page.click("a:has-text('Swimming')")
    page.fill("input[name=summary]", "Running")
    page.fill("input[name=start]", "2031-05-01T09:00")
    page.fill("input[name=end]", "2031-05-01T10:00")
    page.select_option("select[name=transparency]", "transparent")
    page.click("button[value=save]")
    page.wait_for_selector("text=Thu 01 May 2031, 09:00–10:00 · free")

    (event,) = google.account(NEW).events()
    assert (event["summary"], event["start"]["dateTime"]) == (
        "Running",
        "2031-05-01T09:00:00+02:00",
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click("a:has-text('Running')")
    page.click("button[value=delete]")
    page.wait_for_selector("text=Bin")
    assert not google.account(NEW).events()
    page.click("a:has-text('Running')")
    page.click("button[value=restore]")
    page.wait_for_selector("text=New event")
    assert google.account(NEW).events()

"""Connecting a Google calendar in a browser: a box left empty, access taken back, once more."""

import pytest
from django.utils import timezone

from openslot.sync import keeping
from openslot.sync.models import Connection

ADA = "ada@gmail.test"

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.real_clock]


@pytest.fixture
def page(browse, sign_in, live_server, settings, with_google, ada):
    settings.BASE_URL, settings.GOOGLE_PUSH_ENABLED = live_server.url, "off"
    with_google.account(ADA)
    page = browse("phone")
    sign_in(page, ada)
    page.goto("/me/calendar/")
    return page


def consent(page, words, *, without=None):
    """Press the button, and answer Google."""
    page.click(f"main button:has-text('{words}')")
    page.check(f"input[name=account][value='{ADA}']")
    if without:
        page.uncheck(f"input[value$='{without}']")
    page.click("button[value=allow]")
    page.wait_for_url("**/me/calendar/**")


def test_a_calendar_is_connected_lost_and_connected_again(page, with_google):
    consent(page, "Connect Google Calendar", without="calendar.events.owned")
    assert "see and change events on calendars you own" in page.inner_text("body")

    words = "Connect again" if Connection.objects.exists() else "Connect Google Calendar"
    consent(page, words)
    connection = Connection.objects.get()
    keeping.keep_in_step(connection.pk, urgent=True)
    page.reload()
    assert ADA in page.inner_text("main")
    assert "In sync" in page.inner_text("main")

    with_google.revoke(ADA)
    with_google.expire_access_tokens()
    connection.calendars.update(pull_wanted_at=timezone.now())
    keeping.keep_in_step(connection.pk, urgent=True)
    page.reload()
    consent(page, "Connect again")
    keeping.keep_in_step(connection.pk, urgent=True)
    page.reload()
    assert "In sync" in page.inner_text("main")
    assert Connection.objects.count() == 1

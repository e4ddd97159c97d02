"""Connecting a calendar in a real browser, at a Google on loopback."""

import re

import pytest
from django.utils import timezone

from openslot.devtools.google import CLIENT_ID, CLIENT_SECRET
from openslot.sync import keeping
from openslot.sync.models import Connection

pytestmark = [
    pytest.mark.browser,
    pytest.mark.real_clock,
    pytest.mark.django_db(transaction=True),
]
ADA = "ada@gmail.test"


@pytest.fixture
def there(google, settings, live_server):
    settings.GOOGLE_CLIENT_ID, settings.GOOGLE_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
    settings.GOOGLE_EMULATOR_URL = google.url
    settings.GOOGLE_PUSH_ENABLED = "off"
    settings.BASE_URL = live_server.url
    policy = settings.CONTENT_SECURITY_POLICY
    forms = [*policy["DIRECTIVES"]["form-action"], google.url]
    settings.CONTENT_SECURITY_POLICY = policy | {
        "DIRECTIVES": policy["DIRECTIVES"] | {"form-action": forms}
    }
    google.account(ADA)
    return google


def to_consent(page, button="Connect Google Calendar"):
    page.goto("/me/calendar/")
    page.get_by_role("button", name=button).click()
    page.wait_for_url(re.compile("/o/oauth2/v2/auth"))
    page.get_by_label(re.compile(re.escape(ADA))).check()


def test_connecting_unticking_revoking_and_connecting_again(there, browse, sign_in, ada):
    page = browse("desk")
    sign_in(page, ada)
    to_consent(page)
    page.get_by_label("change and delete events").uncheck()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(re.compile("/me/calendar/"))
    page.get_by_text("A permission is missing").first.wait_for()
    assert not Connection.objects.exists()

    to_consent(page)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(re.compile("/me/calendar/"))
    page.get_by_text(f"{ADA} is connected.").first.wait_for()
    keeping.keep_in_step(Connection.objects.get().pk)
    page.reload()
    page.get_by_text("In sync.").wait_for()

    there.revoke(ADA)
    Connection.objects.get().calendars.update(pull_wanted_at=timezone.now())
    keeping.keep_in_step(Connection.objects.get().pk)
    page.reload()
    page.get_by_text("Google does not let us in any more").wait_for()
    to_consent(page, button="Connect again")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(re.compile("/me/calendar/"))
    page.get_by_text(f"{ADA} is connected.").first.wait_for()
    assert Connection.objects.get().state == "active"

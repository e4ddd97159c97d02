"""Ada's practice and her Google calendar, connected; and what a test needs to look at both."""

from __future__ import annotations

import pytest
from django.core import mail

from openslot.devtools.google import CLIENT_ID, CLIENT_SECRET
from tests.notifications.letters import parsed
from tests.sync import secrets, town_square
from tests.working import work

ADA, BOB = "ada@gmail.test", "bob@gmail.test"


@pytest.fixture
def configured(settings, google, caplog, db):
    """Google is set up here, and it is the emulator; a poll has to do for pushes."""
    settings.GOOGLE_CLIENT_ID, settings.GOOGLE_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
    settings.GOOGLE_EMULATOR_URL = google.url
    settings.GOOGLE_PUSH_ENABLED = "off"
    settings.GOOGLE_DELETE_GRACE_SECONDS = 120
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    yield google
    secrets.look_for(google, caplog.text)


@pytest.fixture
def hers(configured, ada):
    """Ada's calendar, connected and quiet."""
    return town_square.connected(configured, ada, ADA)


@pytest.fixture
def his(configured, bob):
    """Bob's, who is a customer."""
    return town_square.connected(configured, bob, BOB)


@pytest.fixture
def mails():
    """`mails()` does what waits; who got mail since the last time, one entry a mail."""

    def got():
        work()
        found = [parsed(one)["To"].addresses[0].addr_spec for one in mail.outbox]
        mail.outbox.clear()
        return sorted(found)

    return got


@pytest.fixture
def hooks(configured, settings):
    """Google may call us, and its calls are handed on by the test."""
    door = town_square.Hooks()
    settings.GOOGLE_PUSH_ENABLED = "on"
    settings.BASE_URL = door.address
    yield door
    door.close()

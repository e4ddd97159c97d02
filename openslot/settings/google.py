"""Google (sign-in and calendars come with a client id; the emulator is for development and tests),
and other programs that are called.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from openslot import environment, variables

GOOGLE_CLIENT_ID = variables.text("GOOGLE_CLIENT_ID")
GOOGLE_CLIENT_SECRET = variables.text("GOOGLE_CLIENT_SECRET")
GOOGLE_CALENDAR_CLIENT_ID = variables.text("GOOGLE_CALENDAR_CLIENT_ID")
GOOGLE_CALENDAR_CLIENT_SECRET = variables.text("GOOGLE_CALENDAR_CLIENT_SECRET")
GOOGLE_EMULATOR_URL = variables.text("GOOGLE_EMULATOR_URL")
GOOGLE_PUSH_ENABLED = variables.text("GOOGLE_PUSH_ENABLED")
GOOGLE_TIMEOUT = (5, 20)  # seconds to connect, and between two bytes
GOOGLE_DELETE_GRACE_SECONDS = variables.number("GOOGLE_DELETE_GRACE_SECONDS")
GOOGLE_ISSUERS = environment.google_issuers()
SOCIALACCOUNT_PROVIDERS = {"google": environment.google_sign_in()} if GOOGLE_CLIENT_ID else {}
# Where a form of ours may lead, by way of its redirects.
_google = urlsplit(GOOGLE_EMULATOR_URL or "https://accounts.google.com")
GOOGLE_CONSENT = [f"{_google.scheme}://{_google.netloc}"] if GOOGLE_CLIENT_ID else []

WEBHOOKS_TO_PRIVATE = variables.text("WEBHOOKS_TO_PRIVATE")
WEBHOOK_TIMEOUT = (5, 15)  # seconds to connect, and for all of it

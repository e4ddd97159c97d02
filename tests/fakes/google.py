"""The emulator of Google as fixtures. `google` is one for each test, on a port of its own.

Its `bugs` (answers that Google's own description does not have) fail the test, and so do the calls
it had to refuse for their form, unless the test expects them: `google.violations.clear()`.
"""

from copy import deepcopy

import pytest
from allauth.socialaccount.providers.google.views import GoogleOAuth2Adapter

from openslot.devtools.google import CLIENT_ID, CLIENT_SECRET, Google


@pytest.fixture
def google():
    emulator = Google()
    emulator.start()
    yield emulator
    emulator.stop()
    assert not emulator.bugs, "the emulator answered what Google would not"
    assert not emulator.violations, "Google does not describe these requests"


@pytest.fixture
def with_google(google, settings, monkeypatch):
    """The emulator, in an OpenSlot that is configured for it."""
    settings.GOOGLE_CLIENT_ID, settings.GOOGLE_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
    settings.GOOGLE_EMULATOR_URL = google.url
    settings.SOCIALACCOUNT_PROVIDERS = {
        "google": {
            "APPS": [{"client_id": CLIENT_ID, "secret": CLIENT_SECRET}],
            "SCOPE": ["openid", "email", "profile"],
            "OAUTH_PKCE_ENABLED": True,
        }
    }
    # allauth has read its own as it was imported; tests/accounts/test_google.py has that in a
    # process of its own.
    for name, path in {
        "authorize_url": "/o/oauth2/v2/auth",
        "access_token_url": "/token",
        "identity_url": "/oauth2/v2/userinfo",
    }.items():
        monkeypatch.setattr(GoogleOAuth2Adapter, name, google.url + path)
    policy = deepcopy(settings.CONTENT_SECURITY_POLICY)
    policy["DIRECTIVES"]["form-action"].append(google.url)
    settings.CONTENT_SECURITY_POLICY = policy
    return google

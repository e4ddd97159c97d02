"""The emulator of Google as fixtures. `google` is one for each test, on a port of its own.

Its `bugs` (answers that Google's own description does not have) fail the test, and so do the calls
it had to refuse for their form, unless the test expects them: `google.violations.clear()`. A token that stands anywhere in clear at
the end fails it too (tests/fakes/leaks.py).
"""

from copy import deepcopy

import pytest
from allauth.socialaccount.providers.google.views import GoogleOAuth2Adapter

from openslot.devtools.google import CLIENT_ID, CLIENT_SECRET, Google
from tests.fakes.leaks import Watch

watching = pytest.StashKey[Watch]()


@pytest.fixture
def google(request):
    emulator = Google()
    emulator.start()
    with Watch(emulator.identity.issued) as request.node.stash[watching]:
        yield emulator
        emulator.stop()
    assert not emulator.bugs, "the emulator answered what Google would not"
    assert not emulator.violations, "Google does not describe these requests"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item):
    """Looked for while the test's rows are still there: no token of Google's stands in clear."""
    watch = item.stash.get(watching, None)
    leaks = watch.leaks() if watch else []
    yield
    if leaks:
        pytest.fail("Google's secrets stand in clear:\n" + "\n".join(leaks), pytrace=False)


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

"""What every page tells the browser, and by what names cookies go in production."""

import os
import subprocess
import sys

import pytest

from tests.running.processes import ROOT

pytestmark = pytest.mark.django_db
NAMES = """
import django; django.setup()
from django.conf import settings as s
print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE,
      s.SESSION_COOKIE_DOMAIN, s.SESSION_COOKIE_PATH, s.SESSION_COOKIE_HTTPONLY)
"""


def names_at(address):
    env = os.environ | {"BASE_URL": address, "DJANGO_SETTINGS_MODULE": "openslot.settings"}
    done = subprocess.run(
        [sys.executable, "-c", NAMES], env=env, cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_on_https_cookies_are_this_hosts_alone():
    names = names_at("https://book.example.org")
    assert names == ["__Host-sessionid", "__Host-csrftoken", "True", "True", "None", "/", "True"]


@pytest.mark.parametrize("page", ["/", "/find/", "/accounts/login/", "/nothing/", "/p/ada/"])
def test_a_page_loads_nothing_from_elsewhere(client, ada, page):
    headers = client.get(page).headers
    policy = dict(
        part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";")
    )
    for what in ("default-src", "script-src", "style-src", "font-src", "connect-src"):
        assert policy[what] == "'self'"
    for what in ("object-src", "base-uri", "frame-ancestors"):
        assert policy[what] == "'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"

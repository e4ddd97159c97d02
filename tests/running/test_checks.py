import subprocess
import sys

import pytest

from openslot import checks
from tests.running.processes import surroundings

KEY = "cbmFiG0XZ2bT9dVYQbJm3cV8sR1yW6uLq0aKpEoNxTg"
OTHER = "8f14e45fceea167a5a36dedd4bea2543cd5a1b7e"  # hexadecimal is fine
SECURE = {
    "PRODUCTION": True,
    "SECRET_KEY": KEY,
    "ENCRYPTION_KEYS": f"{KEY},{OTHER}",
    "HTTPS": True,
    "ALLOWED_HOSTS": ["openslot.example"],
    "EMAIL_URL": "smtp://mail.example",
    "RATE_LIMITS": "on",
    "GOOGLE_EMULATOR_URL": "",
    "WEBHOOKS_TO_PRIVATE": "off",
}


def test_a_secure_production_may_start(settings):
    for name, value in SECURE.items():
        setattr(settings, name, value)
    assert checks.production_is_secure(None) == []


@pytest.mark.parametrize(
    ("setting", "value", "variable"),
    [
        ("SECRET_KEY", "short", "SECRET_KEY"),
        ("SECRET_KEY", "k" * 60, "SECRET_KEY"),
        ("SECRET_KEY", "changeme" * 8, "SECRET_KEY"),
        ("SECRET_KEY", "1234567890" * 5, "SECRET_KEY"),
        ("SECRET_KEY", "0123456789abcdef" * 3, "SECRET_KEY"),
        ("SECRET_KEY", f"django-insecure-{KEY}", "SECRET_KEY"),
        ("ENCRYPTION_KEYS", "", "ENCRYPTION_KEYS"),
        ("ENCRYPTION_KEYS", "k" * 60, "ENCRYPTION_KEYS"),
        ("ENCRYPTION_KEYS", f"{KEY},short", "ENCRYPTION_KEYS"),
        ("HTTPS", False, "BASE_URL"),
        ("ALLOWED_HOSTS", ["*"], "ALLOWED_HOSTS"),
        ("ALLOWED_HOSTS", ["openslot.example", ".org"], "ALLOWED_HOSTS"),
        ("ALLOWED_HOSTS", [".co.uk"], "ALLOWED_HOSTS"),
        ("ALLOWED_HOSTS", [".COM.AU"], "ALLOWED_HOSTS"),
        ("EMAIL_URL", "", "EMAIL_URL"),
        ("EMAIL_URL", "consolemail://", "EMAIL_URL"),
        ("EMAIL_URL", "filemail:///tmp/mail", "EMAIL_URL"),
        ("EMAIL_URL", "memorymail://", "EMAIL_URL"),
        ("EMAIL_URL", "dummymail://", "EMAIL_URL"),
        ("RATE_LIMITS", "off", "RATE_LIMITS"),
        ("GOOGLE_EMULATOR_URL", "http://localhost:1", "GOOGLE_EMULATOR_URL"),
        ("WEBHOOKS_TO_PRIVATE", "on", "WEBHOOKS_TO_PRIVATE"),
    ],
)
def test_an_insecure_production_is_refused_by_the_name_of_the_variable(
    settings, setting, value, variable
):
    for name, secure in (SECURE | {setting: value}).items():
        setattr(settings, name, secure)
    [error] = checks.production_is_secure(None)
    assert error.msg.startswith(variable)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("ALLOWED_HOSTS", [".openslot.example", "127.0.0.1"]),
        ("ALLOWED_HOSTS", [".example.co.uk"]),
        ("EMAIL_URL", "smtp+tls://user:secret@mail.example:587"),
        ("EMAIL_URL", "smtps://mail.example"),
    ],
)
def test_what_is_secure_is_let_through(settings, setting, value):
    for name, secure in (SECURE | {setting: value}).items():
        setattr(settings, name, secure)
    assert checks.production_is_secure(None) == []


def test_in_development_only_names_of_this_machine_are_answered(client, db):
    for name in ("localhost", "demo.localhost:8000", "127.0.0.1", "[::1]"):
        assert client.get("/accounts/login/", headers={"host": name}).status_code == 200
    for name in ("evil.example", "10.0.0.1", "localhost.evil.example"):
        assert client.get("/accounts/login/", headers={"host": name}).status_code == 400


HSTS = """
from openslot import settings
print(settings.SECURE_HSTS_INCLUDE_SUBDOMAINS, settings.SECURE_HSTS_PRELOAD, settings.ALLOWED_HOSTS)
"""


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "False False ['127.0.0.1', 'book.example']"),
        ({"HSTS_INCLUDE_SUBDOMAINS": "1"}, "True False ['127.0.0.1', 'book.example']"),
        (
            {"HSTS_PRELOAD": "1", "ALLOWED_HOSTS": "a.example"},
            "False True ['a.example', '127.0.0.1']",
        ),
    ],
)
def test_the_hosts_of_production_are_those_that_were_named(tmp_path, more, said):
    env = surroundings(tmp_path, ENVIRONMENT="production", DATABASE_URL="postgres://nowhere/x")
    env |= {"BASE_URL": "https://book.example", **more}
    command = [sys.executable, "-c", HSTS]
    done = subprocess.run(
        command, env=env, capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.strip() == said


def test_development_may_start_as_it_is(settings):
    settings.PRODUCTION = False
    settings.SECRET_KEY = "short"
    assert checks.production_is_secure(None) == []

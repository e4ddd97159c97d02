"""The Google that `openslot up --demo` brings, as a process of its own."""

import os
import subprocess
import sys

import pytest
import requests

from openslot import up
from tests.running.processes import until

VARIABLES = ("GOOGLE_EMULATOR_URL", "GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET")


@pytest.fixture(autouse=True)
def unset(monkeypatch):
    """Whatever the machine has; put back afterwards, with what the test sets."""
    for name in (*VARIABLES, "GOOGLE_CALENDAR_CLIENT_ID", "GOOGLE_PUSH_ENABLED", "ENVIRONMENT"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


def test_the_demo_brings_a_google_where_none_is_named(monkeypatch, free_port):
    monkeypatch.setenv("PORT", str(free_port))
    assert [child.name for child in up._google()] == ["google"]

    assert os.environ["GOOGLE_EMULATOR_URL"].startswith("http://127.0.0.1:")
    assert os.environ["GOOGLE_CLIENT_ID"]
    assert os.environ["GOOGLE_CLIENT_SECRET"]
    assert os.environ["GOOGLE_PUSH_ENABLED"] == "on"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GOOGLE_CLIENT_ID", "ours"),
        ("GOOGLE_EMULATOR_URL", "http://127.0.0.1:9"),
        ("ENVIRONMENT", "production"),
    ],
)
def test_the_demo_leaves_alone_what_the_operator_has_said(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    assert up._google() == []

    assert "GOOGLE_PUSH_ENABLED" not in os.environ


@pytest.mark.real_clock
def test_it_serves_where_it_is_told_and_ends_when_it_is_told(free_port):
    url = f"http://127.0.0.1:{free_port}"
    env = os.environ | dict(zip(VARIABLES, (url, "demo", "secret"), strict=True))
    process = subprocess.Popen([sys.executable, "-m", "openslot", "google"], env=env)
    try:
        until(lambda: answers(url), "the emulator to answer")
        page = requests.get(url, timeout=5).text
        asked = requests.get(f"{url}/o/oauth2/v2/auth", params={"client_id": "demo"}, timeout=5)
    finally:
        process.terminate()
        process.wait(10)

    assert "provider@example.org" in page
    assert "invalid_client" not in asked.text


def test_it_is_not_for_production():
    env = os.environ | {"ENVIRONMENT": "production"}
    command = [sys.executable, "-m", "openslot", "google"]
    done = subprocess.run(command, env=env, check=False, capture_output=True, text=True)

    assert (done.returncode, "for development" in done.stderr) == (1, True)


def answers(url):
    try:
        return requests.get(url, timeout=1).ok
    except requests.ConnectionError:
        return False

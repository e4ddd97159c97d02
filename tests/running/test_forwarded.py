"""What the server itself believes of forwarded headers; the limits' part is in tests/kernel."""

import contextlib
import http.client
import subprocess
import sys

import pytest

from tests.running.processes import ROOT, surroundings

pytestmark = pytest.mark.real_clock


@pytest.fixture
def start(data, free_port):
    """`openslot up` behind an https address, reached over plain HTTP from this machine."""
    base = f"https://127.0.0.1:{free_port}"
    started = []

    def up(**more):
        env = {"PORT": str(free_port), "BASE_URL": base, "WEB_PROCESSES": "1", **more}
        process = subprocess.Popen(
            [sys.executable, "-m", "openslot", "up"],
            env=surroundings(data, **env),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        if not any(base in line for line in process.stdout):
            pytest.fail(f"openslot up ended with {process.wait()}")
        return free_port

    yield up
    for process in started:
        process.terminate()
        process.communicate()


def status(port, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    with contextlib.closing(connection):
        connection.request("GET", "/accounts/login/", headers=headers)
        return connection.getresponse().status


def test_a_plain_request_that_claims_https_is_believed_from_a_trusted_proxy_alone(start):
    port = start(TRUSTED_PROXIES="0")
    assert status(port) == 301
    assert status(port, **{"X-Forwarded-Proto": "https"}) == 301
    assert status(port, **{"X-Forwarded-Ssl": "on"}) == 301

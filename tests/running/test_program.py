import signal
import subprocess
import sys
import urllib.error
import urllib.request

import psutil
import pytest

from openslot import embedded
from tests.running.conftest import ROOT, environment, gone, openslot, until


@pytest.fixture
def start(data, free_port):
    """`openslot up` in a process of its own."""
    started = []

    def up(*args):
        process = subprocess.Popen(
            [sys.executable, "-m", "openslot", "up", *args],
            env=environment(data, PORT=str(free_port)),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield up
    for process in started:
        process.kill()
        process.communicate()


def serves(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, ConnectionError):
        return False


def wait_for_address(process, port):
    for line in process.stdout:
        if f"http://localhost:{port}" in line:
            return
    pytest.fail(f"openslot up ended with {process.wait()}")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_up_serves_and_ends_cleanly(data, home, free_port, start, number):
    process = start()
    wait_for_address(process, free_port)
    assert serves(free_port)
    family = [process.pid, *(p.pid for p in psutil.Process(process.pid).children(recursive=True))]
    server = embedded.postmaster(home)
    assert server is not None
    process.send_signal(number)
    assert process.wait(30) == 0
    until(lambda: all(map(gone, [server, *family])), "every process to end")
    assert embedded.answers(home) is False


def test_up_starts_a_database_that_died_again(data, home, free_port, start):
    process = start()
    wait_for_address(process, free_port)
    first = embedded.postmaster(home)
    psutil.Process(first).kill()
    until(lambda: embedded.postmaster(home) not in {None, first}, "another postmaster")
    until(lambda: embedded.answers(home), "the database to answer")
    until(lambda: serves(free_port), "the web server to answer again")
    assert process.poll() is None


def test_a_killed_up_takes_its_children_along(data, home, free_port, start):
    process = start()
    wait_for_address(process, free_port)
    children = [child.pid for child in psutil.Process(process.pid).children(recursive=True)]
    process.kill()
    until(lambda: all(map(gone, children)), "web and worker to end")
    assert embedded.answers(home) is False


def test_up_says_that_its_port_is_taken(data, free_port, start):
    wait_for_address(start(), free_port)
    second = openslot(data, "up", PORT=str(free_port))
    assert second.returncode == 1
    assert f"port {free_port} is taken" in second.stderr


def test_a_backup_comes_back_in_another_database(data, tmp_path):
    assert openslot(data, "migrate", "--verbosity=0").returncode == 0
    file = tmp_path / "with a space.dump"
    written = openslot(data, "backup", str(file))
    assert written.stdout.strip() == str(file)
    assert file.stat().st_mode & 0o777 == 0o600
    other = data / "other"
    restored = openslot(other, "restore", str(file))
    assert (restored.returncode, restored.stderr) == (0, "")
    assert openslot(other, "migrate", "--check").returncode == 0
    again = openslot(other, "restore", str(file))
    assert again.returncode == 1
    assert "not empty" in again.stderr
    assert openslot(other, "restore", str(file), "--replace").returncode == 0


def test_a_backup_that_breaks_off_changes_nothing(data, tmp_path):
    assert openslot(data, "migrate", "--verbosity=0").returncode == 0
    file = tmp_path / "whole.dump"
    openslot(data, "backup", str(file))
    half = tmp_path / "half.dump"
    half.write_bytes(file.read_bytes()[: file.stat().st_size * 9 // 10])
    refused = openslot(data, "restore", str(half), "--replace")
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert openslot(data, "migrate", "--check").returncode == 0


def test_a_file_that_is_no_backup_is_refused_in_a_line(data):
    refused = openslot(data, "restore", "pyproject.toml", "--replace")
    assert refused.returncode == 1
    assert refused.stderr.startswith("openslot: pg_restore")
    assert "Traceback" not in refused.stderr


def test_the_password_of_database_url_is_on_no_command_line(data, monkeypatch):
    url = "postgres://ada:s3cret%21@127.0.0.1:1/shop?sslmode=disable"
    refused = openslot(data, "backup", DATABASE_URL=url)
    assert refused.returncode == 1
    assert "127.0.0.1" in refused.stderr
    assert "s3cret" not in refused.stderr


def test_a_wrong_port_is_a_line_and_no_traceback(data):
    refused = openslot(data, "web", PORT="eight thousand")
    assert refused.stderr == "openslot: PORT must be a whole number, not 'eight thousand'\n"


def test_nothing_to_upgrade(data):
    assert "Nothing to do" in openslot(data, "db", "upgrade").stdout

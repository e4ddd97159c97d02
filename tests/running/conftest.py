"""Real servers, started and killed as processes of their own, each in a folder of its own."""

import os
import pwd
import shutil
import socket
import subprocess
import sys

import pytest

from openslot import embedded
from tests.running.processes import (
    ROOT,
    Holder,
    Web,
    listens,
    openslot,
    surroundings,
    throwaway,
    until,
)


@pytest.fixture
def hold():
    holders = []

    def start(home, **more):
        holders.append(Holder(home, **more))
        return holders[-1]

    yield start
    for holder in holders:
        if holder.process.poll() is None:
            holder.kill()


@pytest.fixture
def data():
    """A data folder that the server's user can reach; its server is ended afterwards."""
    folder = throwaway()
    yield folder
    for home in folder.rglob("postgres"):
        if (home / "data").is_dir():
            embedded.stop(home)
        if home.is_symlink():
            shutil.rmtree(home.readlink())
    shutil.rmtree(folder)


@pytest.fixture
def home(data):
    return data / "postgres"


@pytest.fixture
def ports():
    """Call it for a port that nobody listens on."""

    def free():
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            return listener.getsockname()[1]

    return free


@pytest.fixture
def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture
def as_root():
    if os.geteuid() != 0:
        pytest.skip("only root can be another user")


@pytest.fixture
def nobody(as_root):
    """What a command is run by as a plain user who can reach this Python; skips where none can."""
    prefix = ["setpriv", "--reuid=nobody", f"--regid={pwd.getpwnam('nobody').pw_gid}"]
    prefix.append("--clear-groups")
    if not shutil.which("setpriv"):
        pytest.skip("there is no setpriv to become a plain user with")
    tried = [*prefix, sys.executable, "-c", "import psycopg, openslot.embedded"]
    env = surroundings("/")
    if subprocess.run(tried, env=env, cwd="/", check=False, capture_output=True).returncode:
        pytest.skip("a plain user cannot reach this Python or this folder")
    return prefix


@pytest.fixture(scope="session")
def migrated():
    """A data folder with a database that is up to date, to be copied."""
    folder = throwaway()
    try:
        done = openslot(folder, "migrate", "--verbosity=0")
        assert (done.returncode, done.stderr) == (0, "")
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def ready(data, migrated):
    subprocess.run(["cp", "-a", migrated / "postgres", data], check=True)
    return data


@pytest.fixture
def serve(free_port):
    """Start `openslot web` on a data folder, or with a DATABASE_URL, once it listens."""
    started = []

    def web(folder, **more):
        env = surroundings(folder, **{"PORT": str(free_port), "WEB_PROCESSES": "2", **more})
        command = [sys.executable, "-m", "openslot", "web"]
        started.append(Web(subprocess.Popen(command, env=env, cwd=ROOT), free_port))
        until(lambda: listens(free_port), "openslot web to listen")
        return started[-1]

    yield web
    for one in started:
        if one.process.poll() is None:
            one.end()

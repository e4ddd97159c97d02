"""Real servers, started and killed as processes of their own, each in a folder of its own."""

import http.client
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from openslot import embedded

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60


def until(done, what, *, seconds=PATIENCE):
    """Poll for something that happens in another process."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            pytest.fail(f"waited {seconds} s in vain: {what}")
        time.sleep(0.02)


def gone(pid):
    """Ended; a zombie nobody reaped has ended too."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def surroundings(data, **more):
    env = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "PORT", "BASE_URL"}}
    env.pop("PYTEST_CURRENT_TEST", None)
    return {**env, "DATA_DIR": str(data), "PYTHONPATH": str(ROOT), **more}


def openslot(data, *command, **more):
    return subprocess.run(
        [sys.executable, "-m", "openslot", *command],
        env=surroundings(data, **more),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def throwaway():
    base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="openslot-running-", dir=base))
    folder.chmod(0o755)
    return folder


HOLD = """
import sys
from pathlib import Path
from openslot import embedded
with embedded.using(Path(sys.argv[1])):
    print(embedded.postmaster(Path(sys.argv[1])), flush=True)
    sys.stdin.read()
"""


class Holder:
    """Another process inside `using`, until it is let go or killed."""

    def __init__(self, home, prefix=(), **more):
        self.process = subprocess.Popen(
            [*prefix, sys.executable, "-c", HOLD, str(home)],
            env=surroundings(home.parent, **more),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
        )

    def postmaster(self):
        """The server's process id, once it runs."""
        line = self.process.stdout.readline()
        return int(line) if line else pytest.fail(self.process.stderr.read())

    def let_go(self):
        """The block ends; what the process wrote to its standard error."""
        return self.process.communicate(timeout=PATIENCE)[1]

    def kill(self):
        self.process.kill()
        self.process.communicate(timeout=PATIENCE)


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


class Web:
    """`openslot web` in a process of its own."""

    def __init__(self, process, port):
        self.process, self.port = process, port

    def connect(self, sent=b"", timeout=PATIENCE):
        """A connection on which this much was sent so far."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=timeout)
        connection.sendall(sent)
        return connection

    def get(self, path, **headers):
        """Status, headers and body of an answer, and the seconds until it was there."""
        begun = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request("GET", path, headers={"Host": "localhost", **headers})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, answer.headers, body, time.monotonic() - begun

    def end(self):
        self.process.terminate()
        return self.process.wait(PATIENCE)


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


def listens(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False

"""Programs as processes of their own: started, watched, killed."""

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

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


def openslot(data, *command, seconds=PATIENCE, **more):
    return subprocess.run(
        [sys.executable, "-m", "openslot", *command],
        env=surroundings(data, **more),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds,
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


def listens(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False

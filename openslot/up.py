"""Everything on one machine: database, migrations, web and worker, watched by one process."""

import contextlib
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import NoReturn

import psycopg

from openslot import embedded, environment, variables

PARENT = "OPENSLOT_PARENT"
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
TICK = 0.5  # seconds between two looks at the children
STEADY = 10  # seconds after which an end is no failure to start
FIRST_PAUSE = 0.5  # seconds before another start; each that fails doubles it
LONGEST_PAUSE = 30
PATIENCE = 60  # seconds for the web server to answer
NAMES_GOOGLE = ("GOOGLE_EMULATOR_URL", "GOOGLE_CLIENT_ID", "GOOGLE_CALENDAR_CLIENT_ID")
GRACE = 15  # seconds for the children to end


class CannotRun(Exception):
    """`openslot up` cannot start or go on; the message says why."""


@dataclass
class Pauses:
    """When to try again what failed: later each time, and soon again once it has lasted."""

    length: float = 0
    due: float | None = None

    def failed(self, *, lasted: float = 0) -> float:
        """Note a failure; seconds until the next try."""
        again = 0 if lasted >= STEADY else self.length
        self.length = min(again * 2 or FIRST_PAUSE, LONGEST_PAUSE)
        self.due = time.monotonic() + self.length
        return self.length

    def over(self) -> bool:
        return self.due is None or time.monotonic() >= self.due


@dataclass
class Child:
    name: str
    process: subprocess.Popen[bytes] | None = None
    since: float = 0
    pauses: Pauses = field(default_factory=Pauses)

    def start(self) -> None:
        # In a group of its own: a ctrl-C at the terminal is for `up`, which ends it in order.
        self.process = subprocess.Popen(_openslot(self.name), env=_env(), process_group=0)
        self.since, self.pauses.due = time.monotonic(), None

    def code(self) -> int | None:
        return self.process.poll() if self.process else None

    def keep(self) -> None:
        """Start it again where it has ended."""
        code = self.code()
        if code is None:
            return
        if self.pauses.due is None:
            pause = self.pauses.failed(lasted=time.monotonic() - self.since)
            _say(f"the {self.name} ended (exit code {code}); starting it again in {pause:g} s")
        elif self.pauses.over():
            self.start()


def run(*, demo: bool) -> NoReturn:
    """Serve until a signal (SystemExit); CannotRun where that does not even begin.

    Later web, worker and database are started again whenever they end, each by itself.

    The demo sends no mail, whatever is configured: its people's addresses are made up. Where no
    Google is configured it brings an emulator.
    """
    children = [Child("web"), Child("worker")]
    if demo:
        os.environ["EMAIL_URL"] = ""
        os.environ.pop("EMAIL_URL_FILE", None)
        children += _google()
    _check_port()
    with environment.database():
        try:
            said = _prepare(demo=demo)
            for child in children:
                child.start()
            _wait_for_web(children[0])
            sys.stdout.write(f"{said}\nOpenSlot is at {environment.base_url()}\n")
            if len(children) > 2:  # noqa: PLR2004
                sys.stdout.write(
                    f"Google's emulator is at {variables.text('GOOGLE_EMULATOR_URL')}\n"
                )
            sys.stdout.flush()
            _watch(children)
        finally:
            _end(children)


def _google() -> list[Child]:
    """A Google for people without an account there, unless the operator has named one."""
    if (
        any(map(variables.is_set, NAMES_GOOGLE))
        or environment.production()
        or not find_spec("googleapiclient")
    ):
        return []
    os.environ |= {
        "GOOGLE_EMULATOR_URL": f"http://127.0.0.1:{_free_port(environment.port() + 1)}",
        "GOOGLE_CLIENT_ID": "openslot-demo.apps.googleusercontent.com",
        "GOOGLE_CLIENT_SECRET": secrets.token_urlsafe(16),
    }
    variables.suppose("GOOGLE_PUSH_ENABLED", "on")
    return [Child("google")]


def _free_port(wanted: int) -> int:
    """That one, or any other where it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except (OSError, OverflowError):
            probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _watch(children: list[Child]) -> NoReturn:
    database = Pauses()
    while True:
        time.sleep(TICK)
        if database.over() and _database_died():
            _revive(database)
        for child in children:
            child.keep()


def _revive(pauses: Pauses) -> None:
    """Start the database again; where that fails (a full disk, say) the next try comes later."""
    _say("PostgreSQL died; starting it again")
    try:
        embedded.ensure(environment.home())
    except (embedded.DatabaseUnavailable, psycopg.Error, OSError) as error:
        _say(f"{error}\nopenslot: trying again in {pauses.failed():g} s")
    else:
        pauses.length = 0


def _say(what: str) -> None:
    with contextlib.suppress(OSError):  # a full disk takes no log either
        sys.stderr.write(f"openslot: {what}\n")
        sys.stderr.flush()


def _database_died() -> bool:
    if not environment.has_embedded_database():
        return False
    home = environment.home()
    return embedded.postmaster(home) is None and embedded.answers(home) is False


def _end(children: list[Child]) -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    processes = [child.process for child in children if child.process]
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + GRACE
    for process in processes:
        try:
            process.wait(max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _prepare(*, demo: bool) -> str:
    """Bring the database up to date; what was said about the examples in it."""
    command = _openslot("prepare", *(["--demo"] if demo else []))
    done = subprocess.run(command, env=_env(), check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise CannotRun(f"the database could not be prepared\n{done.stdout}".rstrip())
    return done.stdout


def _wait_for_web(web: Child) -> None:
    deadline = time.monotonic() + PATIENCE
    while not _answers():
        if web.code() is not None:
            raise CannotRun(f"the web server did not start (exit code {web.code()})")
        if time.monotonic() > deadline:
            raise CannotRun(f"the web server does not answer after {PATIENCE} s")
        time.sleep(0.05)


def _check_port() -> None:
    """Say it before anything is started, not after."""
    if _is_taken():
        raise CannotRun(f"port {environment.port()} is taken; set PORT to another one")


def _is_taken() -> bool:
    try:
        with socket.create_connection((_host(), environment.port()), timeout=1):
            return True
    except OSError:
        return False


def _answers() -> bool:
    """Whatever it answers: a refused host name, say, is the operator's business."""
    connection = http.client.HTTPConnection(_host(), environment.port(), timeout=PATIENCE)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def _host() -> str:
    host = environment.bind()
    return "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104


def _openslot(*command: str) -> list[str]:
    return [sys.executable, "-m", "openslot", *command]


def _env() -> dict[str, str]:
    return {**os.environ, PARENT: str(os.getpid())}

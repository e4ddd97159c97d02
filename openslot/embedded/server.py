"""Start, find, share and stop the server of one home."""

import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
from psycopg import conninfo, pq, sql

from openslot.embedded import binaries, places
from openslot.embedded.errors import DatabaseUnavailable
from openslot.embedded.owner import Owner, as_owner, owner

PATIENCE = 120  # seconds for a start (it may have to recover) or a stop
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_filename": "postgresql-%a.log",  # a week of them, then written over
    "log_rotation_age": "1d",
    "log_truncate_on_rotation": "on",
    "log_min_error_statement": "panic",  # statements hold people's data
    "log_error_verbosity": "terse",  # and so do details
}
FAST = {  # for tests alone: a crash loses the data
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}
# The same cluster whatever the environment of the first start: its order is by code point.
INITDB = [
    "--username=openslot",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
]

_started: dict[Path, subprocess.Popen[bytes]] = {}


@contextmanager
def using(home: Path, *, fast: bool = False) -> Iterator[None]:
    """A running server for the block, shared with every other process; the last one stops it.

    A killed process counts no more (the kernel drops its locks); a forked child never counts.
    `fast` gives up durability, for tests.
    """
    me = os.getpid()
    home = home.absolute()
    who = owner(home)
    real = places.private(home, who)
    with places.opened(real / "users.lock", who) as users:
        with _starting(real, who):
            fcntl.flock(users, fcntl.LOCK_SH)
            _ensure(home, real, who, fast=fast)
        try:
            yield
        finally:
            if os.getpid() == me:
                with _starting(real, who):
                    _stop_if_last(real, users)


def ensure(home: Path, *, fast: bool = False) -> None:
    """Start the server of `home` unless it runs; for holders of `using` that saw it die."""
    home = home.absolute()
    who = owner(home)
    real = places.private(home, who)
    with _starting(real, who):
        _ensure(home, real, who, fast=fast)


def stop(home: Path) -> None:
    """End the server whoever uses it, and wait until it is gone. Never with SIGKILL."""
    pid = postmaster(home)
    if pid is None:
        return
    os.kill(pid, signal.SIGINT)
    if not _until(lambda: not _works_in(pid, home / "data")):
        raise DatabaseUnavailable(f"PostgreSQL (process {pid}) did not stop in {PATIENCE} s")
    ours = _started.pop(home.resolve(), None)
    if ours is not None:
        ours.wait(PATIENCE)  # reaped, and not left to the garbage collector to complain about


def postmaster(home: Path) -> int | None:
    """The server's process id, believed only if that process is a postgres working in `home`."""
    data = home / "data"
    try:
        pid = int((data / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    return pid if pid > 0 and _works_in(pid, data) else None


def answers(home: Path) -> bool | None:
    """True: it takes connections; None: it is there and refuses for now; False: nobody there."""
    match pq.PGconn.ping(_conninfo(home).encode()):
        case pq.Ping.OK:
            return True
        case pq.Ping.REJECT:
            return None
        case _:
            return False


def check_version(home: Path) -> None:
    """Refuse data of another major version, which this PostgreSQL could not read."""
    data = home / "data"
    try:
        made_by = (data / "PG_VERSION").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return
    if made_by != str(binaries.major()):
        raise DatabaseUnavailable(
            f"{data} was made by PostgreSQL {made_by}; this release brings {binaries.major()}. "
            "Nothing was changed. Run `openslot db upgrade`, or install the previous openslot."
        )


def _ensure(home: Path, real: Path, who: Owner, *, fast: bool) -> None:
    check_version(home)
    sockets = places.socket_dir(home)
    if sockets == home:
        sockets = real
    else:
        places.private(sockets, who)
    # Another container on the same volume may run it: no process of ours, but it answers.
    if answers(home) is False and postmaster(home) is None:
        _start(real, sockets, who, fast=fast)
    if not _until(lambda: answers(home) is True or (answers(home) is False and _gone(real))):
        raise DatabaseUnavailable(f"PostgreSQL does not answer after {PATIENCE} s; see {home}/log")
    if answers(home) is not True:
        said = (real / "start.log").read_text(encoding="utf-8", errors="replace")[-2000:]
        raise DatabaseUnavailable(f"PostgreSQL did not start; see {home}/log\n{said}".rstrip())
    _make_database(home)


def _gone(real: Path) -> bool:
    """No server, and none of ours that has yet to write down its process id."""
    ours = _started.get(real.resolve())
    return (ours is None or ours.poll() is not None) and postmaster(real) is None


def _start(real: Path, sockets: Path, who: Owner, *, fast: bool) -> None:
    programs = binaries.bindir_for(who)
    data = real / "data"
    dead = _started.get(real.resolve())
    if dead is not None:
        dead.poll()
    if not data.exists():
        _initdb(programs, data, who, fast=fast)
    _end_orphans(data)
    for left in (data / "postmaster.pid", sockets / places.SOCKET, _lock_of_socket(sockets)):
        left.unlink(missing_ok=True)
    quoted = str(sockets).replace('"', '""')
    settings = {
        **SETTINGS,
        "log_directory": str(real / "log"),
        "unix_socket_directories": f'"{quoted}"',
        **(FAST if fast else {}),
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with places.opened(real / "start.log", who) as log:
        os.ftruncate(log, 0)
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # a ctrl-C at the terminal is not meant for it
            **as_owner(who),
        )
    _started[real.resolve()] = process


def _initdb(programs: Path, data: Path, who: Owner, *, fast: bool) -> None:
    new = data.with_name("data.new")  # a start that was cut short leaves no half a cluster
    shutil.rmtree(new, ignore_errors=True)
    options = [*INITDB, "--no-sync"] if fast else INITDB
    done = subprocess.run(
        [programs / "initdb", "-D", new, *options],
        check=False,
        capture_output=True,
        text=True,
        **as_owner(who),
    )
    if done.returncode:
        raise DatabaseUnavailable(f"initdb failed: {done.stderr.strip()}")
    new.rename(data)


def _end_orphans(data: Path) -> None:
    """Children whose postmaster was killed; the shared memory is theirs until they are gone."""
    orphans = [p for p in psutil.process_iter(["pid"]) if _works_in(p.pid, data)]
    for orphan in orphans:
        orphan.send_signal(signal.SIGQUIT)
    if psutil.wait_procs(orphans, timeout=PATIENCE)[1]:
        raise DatabaseUnavailable(f"processes of an earlier PostgreSQL still work in {data}")


def _works_in(pid: int, data: Path) -> bool:
    try:
        process = psutil.Process(pid)
        return process.name() == "postgres" and Path(process.cwd()) == data.resolve()
    except (psutil.Error, OSError):  # gone, a zombie, or another user's
        return False


def _make_database(home: Path) -> None:
    with psycopg.connect(_conninfo(home), autocommit=True) as connection:
        name = places.dsn(home)["NAME"]
        rows = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if rows.fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def _conninfo(home: Path) -> str:
    address = places.dsn(home)
    return conninfo.make_conninfo(
        host=address["HOST"],
        port=address["PORT"],
        user=address["USER"],
        dbname="postgres",
        connect_timeout=10,
    )


def _lock_of_socket(sockets: Path) -> Path:
    return sockets / f"{places.SOCKET}.lock"


@contextmanager
def _starting(real: Path, who: Owner) -> Iterator[None]:
    """One process at a time starts or stops the server."""
    with places.opened(real / "start.lock", who) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _stop_if_last(real: Path, users: int) -> None:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    stop(real)


def _until(done: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True

"""The one program, `openslot`: its own commands, and every one of Django's."""

import argparse
import ctypes
import os
import runpy
import signal
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import NoReturn

from django.core import management
from django.core.exceptions import ImproperlyConfigured
from gunicorn.app import wsgiapp

from openslot import backup, embedded, environment, prepare, up, variables, worker

WITHOUT_DATABASE = {
    "collectstatic",
    "compilemessages",
    "findstatic",
    "help",
    "makemessages",
    "spectacular",
}
WITHOUT_VARIABLES = {"-h", "--help", "help", "version", "--version"}
MENDABLE = (
    embedded.DatabaseUnavailable,
    backup.BackupFailed,
    up.CannotRun,
    variables.WrongVariable,
    ImproperlyConfigured,
    management.CommandError,
)
HELP = """\
usage: openslot COMMAND

  up [--demo]                 database, migrations, web and worker in one; --demo fills an empty one
  web                         the web server alone, on PORT
  worker                      the worker alone: mail, reminders, calendars
  prepare                     migrations (in production static files too), before web and worker
  backup [FILE]               write a backup
  restore FILE [--replace]    read one into an empty database, or in place of what is there
  administrator ADDRESS       make an administrator with a second factor
  check-setup [--mail-to …]   say in words whether mail, proxy, clock and the rest are right
  forget-old [--days N]       how much RETENTION_DAYS would make anonymous; --now does it
  --version                   which release of OpenSlot this is
  db upgrade                  after a release that brings another major version of PostgreSQL

and every Django command: migrate, createsuperuser, check, ... (`openslot help` lists them)
"""


def main() -> None:
    """Run what the arguments name; what the operator can mend is one line, not a trace."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openslot.settings")
    for number in up.SIGNALS:
        signal.signal(number, _leave)
    _end_with_parent()
    word, *rest = sys.argv[1:] or ["--help"]
    try:
        if word not in WITHOUT_VARIABLES:
            variables.check()
        COMMANDS.get(word, _django)(rest)
    except MENDABLE as error:
        sys.exit(f"openslot: {error}")


def _up(args: Sequence[str]) -> None:
    parser = argparse.ArgumentParser("openslot up")
    parser.add_argument("--demo", action="store_true", help="fill an empty database with examples")
    demo = parser.parse_args(args).demo
    for number in up.SIGNALS:
        signal.signal(number, lambda *_: sys.exit(0))  # it ends as it should
    up.run(demo=demo)


def _prepare(args: Sequence[str]) -> None:
    parser = argparse.ArgumentParser("openslot prepare")
    parser.add_argument("--demo", action="store_true")
    demo = parser.parse_args(args).demo
    with environment.database():
        prepare.run(demo=demo)


def _web(args: Sequence[str]) -> None:
    argparse.ArgumentParser("openslot web").parse_args(args)
    threads = variables.number("WEB_THREADS")
    processes = variables.number("WEB_PROCESSES", min(os.cpu_count() or 1, 4))
    variables.suppose("DATABASE_POOL", str(threads))
    sys.argv = [
        "gunicorn",
        f"--bind={environment.bind()}:{environment.port()}",
        "--worker-class=openslot.serving.Worker",
        f"--workers={processes}",
        f"--threads={threads}",
        "--preload",  # imported once, shared by the processes; connections are opened after
        "--max-requests=20000",
        "--max-requests-jitter=2000",
        "--no-control-socket",
        "--log-level=warning",
        "--logger-class=openslot.server.ServerLogger",
        "openslot.wsgi:application",
    ]
    with environment.database():
        prepare.check()
        wsgiapp.run()


def _worker(args: Sequence[str]) -> None:
    argparse.ArgumentParser("openslot worker").parse_args(args)
    for number in up.SIGNALS:
        signal.signal(number, _leave_soon)  # until Procrastinate takes them over
    with environment.database():
        worker.run()


def _google(_args: Sequence[str]) -> None:
    runpy.run_module("openslot.devtools.google", run_name="__main__")  # not there in production


def _backup(args: Sequence[str]) -> None:
    parser = argparse.ArgumentParser("openslot backup")
    parser.add_argument("file", nargs="?", type=Path, help="default: DATA_DIR/backups/<now>.dump")
    with environment.database():
        sys.stdout.write(f"{backup.write(parser.parse_args(args).file)}\n")


def _restore(args: Sequence[str]) -> None:
    parser = argparse.ArgumentParser("openslot restore")
    parser.add_argument("file", type=Path)
    parser.add_argument("--replace", action="store_true", help="drop what the database holds")
    parsed = parser.parse_args(args)
    with environment.database():
        backup.read(parsed.file, replace=parsed.replace)


def _db(args: Sequence[str]) -> None:
    parser = argparse.ArgumentParser("openslot db")
    parser.add_argument("what", choices=["upgrade"])
    parser.parse_args(args)
    if not environment.has_embedded_database():
        sys.exit("openslot: DATABASE_URL is set; that server is upgraded by its own means.")
    embedded.check_version(environment.home())
    sys.stdout.write(f"Nothing to do: this release brings PostgreSQL {embedded.major()}.\n")


def _check_setup(args: Sequence[str]) -> None:
    with environment.database():
        management.execute_from_command_line(["openslot", "check_setup", *args])


def _forget_old(args: Sequence[str]) -> None:
    with environment.database():
        management.execute_from_command_line(["openslot", "forget_old", *args])


def _help(_args: Sequence[str]) -> None:
    sys.stdout.write(HELP)


def _version(_args: Sequence[str]) -> None:
    sys.stdout.write(f"{version('openslot')}\n")


def _django(_args: Sequence[str]) -> None:
    if sys.argv[1] in WITHOUT_DATABASE:
        management.execute_from_command_line(sys.argv)
        return
    with environment.database():
        management.execute_from_command_line(sys.argv)


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    """End through every `finally`: by default these signals would leave the database running."""
    sys.exit(128 + number)


def _leave_soon(number: int, frame: FrameType | None) -> NoReturn:
    """End, and insist: psycopg's pool waits for ever when it is interrupted as it opens."""
    signal.signal(signal.SIGALRM, _leave)
    signal.alarm(2)
    _leave(number, frame)


def _end_with_parent() -> None:
    """A child of `openslot up` ends with it, were that killed with -9 even (Linux)."""
    parent = os.environ.pop(up.PARENT, "")
    if parent and sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
        if str(os.getppid()) != parent:
            sys.exit(1)


COMMANDS: dict[str, Callable[[Sequence[str]], None]] = {
    "up": _up,
    "prepare": _prepare,
    "web": _web,
    "worker": _worker,
    "google": _google,
    "backup": _backup,
    "restore": _restore,
    "db": _db,
    "check-setup": _check_setup,
    "forget-old": _forget_old,
    "version": _version,
    "--version": _version,
    "-h": _help,
    "--help": _help,
}

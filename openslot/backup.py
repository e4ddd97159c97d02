"""Backups in PostgreSQL's own format, by its own tools, of the embedded database or any other."""

import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from openslot import embedded, environment

TABLES = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
HOUSE = Path(__file__).parent
MIGRATION_COLUMNS = 4  # id, app, name, applied: Django's own table
# What pg_restore 17 and newer begins with; an older server has no such setting.
TIMEOUT = b"SET transaction_timeout = 0;\n"
TIMEOUT_IF_KNOWN = (
    b"SELECT set_config('transaction_timeout', '0', false)"
    b" WHERE current_setting('transaction_timeout', true) IS NOT NULL;\n"
)
BEFORE_THE_FIRST = 40  # lines; the settings stand above the first table
PSQL = ("psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1")


class BackupFailed(Exception):
    """A backup was not written, or not read; the message says why."""


def write(file: Path | None = None) -> Path:
    """Write the whole database to `file` (default: DATA_DIR/backups/<now>.dump), mode 0600.

    Only a backup that PostgreSQL could list again gets the name; raises BackupFailed.
    """
    file = file or environment.data_dir() / "backups" / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.dump"
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        _tool("pg_dump", "--format=custom", "--no-owner", "--no-acl", "--file", str(part))
        _tool("pg_restore", "--list", str(part))
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)
    return file


def read(file: Path, *, replace: bool = False) -> None:
    """Bring a backup into an empty database, or with `replace` in place of what one holds.

    All or nothing, in one transaction: after BackupFailed the database is as it was. One of a later
    release is refused: this one would run on tables that it does not know.
    """
    if not file.is_file():
        raise BackupFailed(f"there is no backup {file}")
    _tool("pg_restore", "--list", str(file))
    _check_known(file)
    if not replace and _tool(*PSQL, "--command", TABLES).strip() != "0":
        raise BackupFailed(
            "the database is not empty. Nothing was changed. `openslot restore FILE --replace` "
            "drops what it holds and puts the backup in its place."
        )
    with _transaction() as statements, _script(file) as script:
        if replace:
            statements.write(b"DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n")
        for line in itertools.islice(script, BEFORE_THE_FIRST):
            statements.write(TIMEOUT_IF_KNOWN if line == TIMEOUT else line)
        shutil.copyfileobj(script, statements)
    _tool(*PSQL, "--command", "ANALYZE")


def _check_known(file: Path) -> None:
    """Whether this release knows every migration of ours that the backup has been through."""
    ours = {(path.parts[-3], path.stem) for path in HOUSE.glob("*/migrations/0*.py")}
    apps = {app for app, _ in ours}
    unknown = sorted(each for each in _migrations(file) if each[0] in apps and each not in ours)
    if unknown:
        raise BackupFailed(
            f"{file} was written by a later release of OpenSlot: {' '.join(unknown[0])} is unknown "
            "to this one. Nothing was changed. Restore it with that release, or a later one."
        )


def _migrations(file: Path) -> Iterator[tuple[str, str]]:
    """App and name of each that the backup's database has been through."""
    table = ("--data-only", "--schema=public", "--table=django_migrations")
    said = _tool("pg_restore", *table, "--file=-", str(file))
    for line in said.splitlines():
        columns = line.split("\t")
        if len(columns) == MIGRATION_COLUMNS:
            yield columns[1], columns[2]


@contextmanager
def _script(file: Path) -> Iterator[IO[bytes]]:
    """A backup as SQL; BackupFailed at the end where it could not be read to its own."""
    command = [_program("pg_restore"), "--no-owner", "--no-acl", "--file=-", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        if process.stdout is None or process.stderr is None:
            raise BackupFailed("pg_restore has no output")
        yield process.stdout
        said = process.stderr.read().decode(errors="replace")
    if process.returncode:
        raise BackupFailed(f"pg_restore: {said.strip()}")


@contextmanager
def _transaction() -> Iterator[IO[bytes]]:
    """Give psql's standard input, committed only where the block came to its end."""
    with subprocess.Popen(
        [_program("psql"), *PSQL[1:], "--output=/dev/null"],
        env=_env(),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as psql:
        if psql.stdin is None or psql.stderr is None:
            raise BackupFailed("psql has no input")
        with suppress(BrokenPipeError):  # it stopped at an error, which is read below
            psql.stdin.write(b"SET client_min_messages = warning; BEGIN;\n")
            yield psql.stdin
            psql.stdin.write(b"COMMIT;\n")
        with suppress(BrokenPipeError):
            psql.stdin.close()
        said = psql.stderr.read().decode(errors="replace")
    if psql.returncode:
        raise BackupFailed(f"psql: {said.strip()}")


def _tool(name: str, *args: str) -> str:
    done = subprocess.run(
        [_program(name), *args], env=_env(), check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise BackupFailed(f"{name}: {done.stderr.strip()}")
    return done.stdout


def _program(name: str) -> str:
    return str(embedded.bindir() / name)


def _env() -> dict[str, str]:
    """The connection as libpq's variables: a command line would show the password to everyone."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    variables = {"PGAPPNAME": "openslot backup"}
    address = environment.database_address()
    variables |= {f"PG{k.upper()}": str(v) for k, v in address.get("OPTIONS", {}).items()}
    names = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "NAME": "PGDATABASE"}
    names["PASSWORD"] = "PGPASSWORD"  # noqa: S105  the name of a variable
    return env | variables | {names[k]: str(address[k]) for k in names if address.get(k)}

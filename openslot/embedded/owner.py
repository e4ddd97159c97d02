"""Who the server runs as. PostgreSQL refuses root, and a fresh container is nobody else."""

import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple, TypedDict

from openslot import variables
from openslot.embedded.errors import DatabaseUnavailable

SYSTEM_USER = "openslot"


class Owner(NamedTuple):
    uid: int
    gid: int
    name: str


class Run(TypedDict, total=False):
    """What a command of the server's owner is started with."""

    cwd: str
    env: dict[str, str]
    user: int
    group: int
    extra_groups: list[int]


def owner(home: Path) -> Owner:
    """Whoever calls; for root the folder's owner, else OPENSLOT_PG_USER, openslot or postgres.

    Where root finds none of them it makes the system user openslot and says so.
    """
    if os.geteuid() != 0:
        return Owner(os.geteuid(), os.getegid(), str(os.geteuid()))
    return _owner_of_folder(home) or _named() or _made()


def as_owner(who: Owner) -> Run:
    """Nothing of the caller's environment that would change what the server is or finds."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LD_", "LC_", "LANG"))}
    run = Run(cwd="/", env={**env, "LC_ALL": "C"})
    if os.geteuid() == 0:
        run |= Run(user=who.uid, group=who.gid, extra_groups=[])
    return run


def can_enter(folder: Path, who: Owner) -> bool:
    return _succeeds(who, "/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder))


def can_run(program: Path, who: Owner) -> bool:
    return _succeeds(who, str(program), "--version")


def _succeeds(who: Owner, *command: str) -> bool:
    try:
        done = subprocess.run(command, check=False, capture_output=True, **as_owner(who))
    except OSError:
        return False
    return done.returncode == 0


def _owner_of_folder(home: Path) -> Owner | None:
    """The owner of the home, or of the nearest folder above that exists."""
    there = next(folder for folder in (home, *home.absolute().parents) if folder.exists())
    uid = there.stat().st_uid
    if uid == 0:
        return None
    try:
        known = pwd.getpwuid(uid)  # initdb wants a user that has a name
    except KeyError:
        return None
    return Owner(uid, known.pw_gid, known.pw_name)


def _named() -> Owner | None:
    wanted = variables.text("OPENSLOT_PG_USER")
    for name in (wanted, SYSTEM_USER, "postgres"):
        try:
            known = pwd.getpwnam(name)
        except KeyError:
            if name and name == wanted:
                raise DatabaseUnavailable(f"OPENSLOT_PG_USER: no user {name}") from None
            continue
        if known.pw_uid == 0:
            raise DatabaseUnavailable("OPENSLOT_PG_USER: PostgreSQL does not run as root")
        return Owner(known.pw_uid, known.pw_gid, known.pw_name)
    return None


def _made() -> Owner:
    command = ["useradd", "--system", "--no-create-home", "--user-group", SYSTEM_USER]
    if not shutil.which("useradd"):  # BusyBox
        command = ["adduser", "-S", "-H", "-D", SYSTEM_USER]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise DatabaseUnavailable(
            "PostgreSQL does not run as root and the system user openslot could not be made "
            f"({error}). Make a user, name it in OPENSLOT_PG_USER, or set DATABASE_URL."
        ) from error
    made = pwd.getpwnam(SYSTEM_USER)
    sys.stderr.write("PostgreSQL does not run as root: made the system user openslot for it.\n")
    return Owner(made.pw_uid, made.pw_gid, made.pw_name)

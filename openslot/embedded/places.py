"""The folders and files of one embedded server, and who may open them."""

import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict

from openslot.embedded.errors import DatabaseUnavailable
from openslot.embedded.owner import Owner, can_enter

STATE = Path("/var/lib/openslot")
SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET = 103 - len(".lock")  # bytes; macOS allows 104 with the closing zero


class Address(TypedDict):
    """As Django's DATABASES wants it."""

    HOST: str
    PORT: int
    USER: str
    NAME: str


def dsn(home: Path) -> Address:
    """Where the server of `home` is reached; it need not run, nor exist.

    The port is part of the socket's name only, and given so that no PGPORT applies.
    """
    return {"HOST": str(socket_dir(home)), "PORT": 5432, "USER": "openslot", "NAME": "openslot"}


def socket_dir(home: Path) -> Path:
    """`home`, or a short folder where that is too long for a socket or libpq would split it."""
    home = home.absolute()
    if len(os.fsencode(home / SOCKET)) <= LONGEST_SOCKET and "," not in str(home):
        return home
    uid = home.stat().st_uid if home.exists() else os.geteuid()
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return Path(f"/tmp/openslot-{uid}-{digest}")  # noqa: S108  made 0700, its owner verified


def private(folder: Path, who: Owner) -> Path:
    """Make `folder` 0700 and of `who`, follow root's own link, refuse any other; give the real one.

    As root, a new folder that `who` could not reach is made under /var/lib/openslot and linked.
    """
    if not os.path.lexists(folder):
        _make(folder, who)
    if folder.is_symlink():
        folder = _our_target(folder)
    if not folder.is_dir() or folder.lstat().st_uid != who.uid:
        raise DatabaseUnavailable(
            f"{folder} is not a folder of user {who.name}. Run openslot as the user it belongs to."
        )
    if stat.S_IMODE(folder.stat().st_mode) != 0o700:  # noqa: PLR2004  a mode is read in octal
        folder.chmod(0o700)
    if os.geteuid() == 0 and not can_enter(folder, who):
        raise DatabaseUnavailable(
            f"User {who.name} cannot reach {folder}: let it through the folders above, "
            "or move the cluster to where it can, or set DATABASE_URL."
        )
    return folder


@contextmanager
def opened(path: Path, who: Owner) -> Iterator[int]:
    """A file of `who`, 0600, made if absent; never through a link that was planted there."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        if os.fstat(fd).st_uid != who.uid:
            os.fchown(fd, who.uid, who.gid)
        yield fd
    finally:
        os.close(fd)


def state() -> Path:
    """/var/lib/openslot, root's: what `who` could not reach elsewhere."""
    STATE.mkdir(mode=0o755, parents=True, exist_ok=True)
    if STATE.is_symlink() or STATE.stat().st_uid != 0:
        raise DatabaseUnavailable(f"{STATE} is not a folder of root's")
    return STATE


def _make(folder: Path, who: Owner) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() != 0:
        return
    os.chown(folder, who.uid, who.gid, follow_symlinks=False)
    if can_enter(folder, who):
        return
    folder.rmdir()
    target = Path(tempfile.mkdtemp(dir=state(), prefix=f"{folder.name}-"))
    os.chown(target, who.uid, who.gid)
    folder.symlink_to(target)
    sys.stderr.write(f"{who.name} cannot reach {folder}: the database is kept in {target}\n")


def _our_target(link: Path) -> Path:
    target = link.readlink()
    if link.lstat().st_uid != 0 or target.parent != STATE or target.is_symlink():
        raise DatabaseUnavailable(f"{link} is a link that openslot did not make; remove it")
    return target

"""A database in which every migration is applied: made once for each state of the migrations, kept
between runs, and copied for each worker of a run.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
from django.db import connection

from openslot import embedded

ROOT = Path(__file__).resolve().parents[1]
PREFIX = f"openslot-migrated-{os.geteuid()}-"
KEPT = 3 * 24 * 3600  # seconds; of states that nobody asks for any more
SIGN = "migrated"  # a file that says so to the workers


def provide(made: Path) -> None:
    """Leave a migrated cluster at `made`/postgres; it does not run afterwards."""
    kept, home = Path(tempfile.gettempdir()) / (PREFIX + fingerprint()), made / "postgres"
    if kept.is_dir() and kept.stat().st_uid == os.geteuid():
        kept.touch()
        _copy(kept / "postgres", home)
    else:
        with embedded.using(home, fast=True):
            subprocess.run(
                [sys.executable, "-m", "openslot", "migrate", "--verbosity=0"], cwd=ROOT, check=True
            )
            made.touch()  # who tidies up takes what is old and not in use for left over
        _keep(home, kept)
    (made / SIGN).touch()


def fingerprint() -> str:
    """Of whatever decides how a new database looks."""
    digest = hashlib.sha256(str(embedded.major()).encode())
    migrations = (ROOT / "openslot").rglob("migrations/*.py")
    others = [ROOT / "requirements.txt", *(ROOT / "openslot" / "settings").glob("*.py")]
    for path in sorted({*migrations, *(ROOT / "openslot").rglob("*.sql"), *others}):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def copied() -> bool:
    """Make the database of this worker, where there is a migrated one to be copied."""
    if not (Path(os.environ.get("DATA_DIR", "/nowhere")) / SIGN).exists():
        return False
    where, name = connection.settings_dict, connection.creation._get_test_db_name()
    with psycopg.connect(
        host=where["HOST"],
        port=where["PORT"],
        user=where["USER"],
        dbname="postgres",
        autocommit=True,
    ) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{where["NAME"]}"')
    return True


def _keep(home: Path, kept: Path) -> None:
    if home.is_symlink():  # it lies somewhere else, since its path was too long
        return
    beside = Path(tempfile.mkdtemp(prefix=f"{kept.name}-", dir=kept.parent))
    _copy(home, beside / "postgres")
    try:
        beside.rename(kept)
    except OSError:  # another run was quicker
        _drop(beside)
    for old in kept.parent.glob(f"{PREFIX}*"):
        if time.time() - old.stat().st_mtime > KEPT:
            _drop(old)


def _copy(source: Path, target: Path) -> None:
    subprocess.run(["cp", "-a", source, target], check=True)


def _drop(folder: Path) -> None:
    subprocess.run(["rm", "-rf", folder], check=False)

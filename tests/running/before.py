"""The release before, out of the history of this repository, beside this one."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from tests.running.processes import ROOT

NAMED = "RELEASE_BEFORE"  # a tag or a commit
MIGRATIONS = "openslot/*/migrations/*.py"
BUILD = "openslot/web/static/build"


def checked_out(folder: Path) -> Path:
    """Its files in that folder, with the assets of this one; skips where the history is not here."""
    commit = os.environ.get(NAMED) or _before_the_last_migration()
    packed = _git("archive", "--format=tar", commit)
    if packed is None:
        pytest.skip(f"the history does not hold {commit}: a shallow clone?")
    with tarfile.open(fileobj=BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    shutil.copytree(ROOT / BUILD, folder / BUILD, dirs_exist_ok=True)
    return folder


def _before_the_last_migration() -> str:
    """The newest tag whose migrations are others than ours; else what the newest one was added to."""
    tag = _git("describe", "--tags", "--abbrev=0", "HEAD^")
    if tag and _git("diff", "--quiet", tag.decode().strip(), "--", MIGRATIONS) is None:
        return tag.decode().strip()
    added = _git("log", "-1", "--format=%H", "--diff-filter=A", "--", MIGRATIONS)
    if not added or not added.strip():
        pytest.skip("there is no history here to take the release before from")
    return f"{added.decode().strip()}^"


def _git(*words: str) -> bytes | None:
    """What git says; None where it refuses, or is not there."""
    try:
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None

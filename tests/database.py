"""A PostgreSQL for this run of the tests alone, in memory where there is room.

A plugin (`-p tests.database` in pyproject.toml) and no conftest, because pytest-django reads the
settings before any conftest is. Where DATABASE_URL is set it does nothing; workers of xdist find it
set by their controller.
"""

import fcntl
import os
import shutil
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from openslot import embedded
from tests import migrated

PREFIX = "openslot-test-"
ROOM = 1 << 30  # bytes
STALE = 60  # seconds: younger ones may be about to start

running = pytest.StashKey[ExitStack]()
folder = pytest.StashKey[Path]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config):
    if not os.environ.get("DATABASE_URL"):
        made = Path(tempfile.mkdtemp(prefix=PREFIX, dir=_base()))
        made.chmod(0o711)  # the server's user passes through
        (made / "static").mkdir()  # WhiteNoise warns where there is none
        address = embedded.dsn(made / "postgres")
        os.environ["DATABASE_URL"] = "postgres://{USER}@:{PORT}/{HOST}/{NAME}".format(**address)
        os.environ["DATA_DIR"] = str(made)
        early_config.stash[folder] = made
    return (yield)


def pytest_configure(config):
    made = config.stash.get(folder, None)
    if made is None:
        return
    _remove_left_over(made.parent)
    migrated.provide(made)
    config.stash[running] = stack = ExitStack()
    stack.enter_context(embedded.using(made / "postgres", fast=True))


def pytest_unconfigure(config):
    made = config.stash.get(folder, None)
    if made is None:
        return
    if running in config.stash:
        config.stash[running].close()
    shutil.rmtree(made, ignore_errors=True)


def _base():
    memory = Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM:
        return memory
    return Path(tempfile.gettempdir())


def _remove_left_over(base):
    """Of runs that were killed: nobody holds their lock."""
    for left in base.glob(f"{PREFIX}*"):
        users = left / "postgres" / "users.lock"
        try:
            if time.time() - left.stat().st_mtime < STALE:
                continue
            with users.open("r+b") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                embedded.stop(left / "postgres")
        except OSError:  # in use, or another user's
            continue
        shutil.rmtree(left, ignore_errors=True)

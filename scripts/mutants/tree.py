"""A copy of the tree in mutants/, in which one room holds all its mutants beside the original."""

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from mutmut.mutation import file_mutation
from mutmut.utils.format_utils import get_mutant_name

MUTANTS = Path("mutants")
BUILT = Path("openslot/web/static/build")
KNOWN = Path(".mutants_cache")


def grow(rooms: Iterable[Path]) -> list[list[str]]:
    """Copy everything, mutate the rooms, and say the names of the mutants of each."""
    _copy()
    return [_grow(room) for room in rooms]


def _grow(room: Path) -> list[str]:
    files = sorted(room.rglob("*.py")) if room.is_dir() else [room.with_suffix(".py")]
    return [name for path in files if "migrations" not in path.parts for name in _mutate(path)]


def known(rooms: Iterable[str]) -> Path:
    """Where it is kept which tests reach what of the rooms."""
    KNOWN.mkdir(exist_ok=True)
    return KNOWN / f"{' '.join(sorted(rooms)).replace('/', '-')}.json"


def _copy() -> None:
    shutil.rmtree(MUTANTS, ignore_errors=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=True,
    )
    for name in filter(None, os.fsdecode(listed.stdout).split("\0")):
        if Path(name).is_file():
            (MUTANTS / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(name, MUTANTS / name)
    if BUILT.is_dir():
        (MUTANTS / BUILT).symlink_to(BUILT.resolve())


def _mutate(path: Path) -> list[str]:
    mutated = file_mutation.mutate_file_contents(str(path), path.read_text())
    (MUTANTS / path).write_text(mutated.code)
    return [get_mutant_name(path, name) for name in mutated.mutant_names]

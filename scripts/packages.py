"""Writes docs/packages.md: every package that OpenSlot runs with, its version and its licence.

From what is installed: the packages of requirements.txt by their metadata, those of the pages by
their package.json. `make packages` after a change of either; a test compares.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "packages.md"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)
CLASSIFIER = "License :: OSI Approved :: "
LONG = 60  # characters: longer than that it is the text of a licence, and no name
ELSEWHERE = "not installed here: for another system"


class Package(NamedTuple):
    name: str
    version: str
    licence: str


def of_python() -> list[Package]:
    """Those of requirements.txt, what they need themselves included."""
    pins = PINNED.findall((ROOT / "requirements.txt").read_text())
    return [Package(name, version, _licence(name)) for name, version in sorted(pins)]


def _licence(name: str) -> str:
    try:
        said = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ELSEWHERE
    told = said.get("License-Expression") or said.get("License") or ""
    if told and told != "UNKNOWN" and len(told) <= LONG and "\n" not in told:
        return told
    named = [each.removeprefix(CLASSIFIER) for each in said.get_all("Classifier", [])]
    return " or ".join(each for each in named if " :: " not in each) or "see the package"


def of_pages() -> Iterator[Package]:
    """What the pages' styles and scripts are built from and with, what that needs included."""
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    for place, entry in sorted(locked.items()):
        if place and not entry.get("optional"):
            name = place.rpartition("node_modules/")[2]
            yield Package(name, entry["version"], entry.get("license", "see the package"))


def page() -> str:
    lines = [
        "# Packages and their licences",
        "",
        "OpenSlot is under the MIT licence (LICENSE). It runs with these packages, which are",
        "installed beside it and no part of it. `make packages` writes this page from what is",
        "installed; `make audit` asks whether a flaw of one is known.",
        "",
        "## The program",
        "",
        *_table(of_python()),
        "",
        "## The pages",
        "",
        "Styles, scripts, fonts and icons are built from these, or by them.",
        "",
        *_table(list(of_pages())),
    ]
    return "\n".join(lines) + "\n"


def _table(packages: list[Package]) -> list[str]:
    head = ["| Package | Version | Licence |", "|---|---|---|"]
    return [*head, *(f"| {each.name} | {each.version} | {each.licence} |" for each in packages)]


if __name__ == "__main__":
    PAGE.write_text(page())

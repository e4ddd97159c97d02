"""Whether a flaw of a package that we run with is known: `make audit` asks PyPI and npm.

It ends with 0 where both have answered and know of none; what could not be asked is a failure, too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PYTHON = (
    *(sys.executable, "-m", "uv", "tool", "run", "--quiet", "pip-audit==2.10.1"),
    *("--strict", "--disable-pip", "--require-hashes", "--progress-spinner=off", "--format=json"),
    *("--requirement", "requirements.txt"),
)
NPM = ("npm", "audit", "--json")


class NotAnswered(Exception):
    """Nobody could say; the message says why."""


def of_python() -> Iterator[str]:
    for package in _answer(PYTHON, "dependencies"):
        for flaw in package.get("vulns", []):
            mended = ", ".join(flaw["fix_versions"]) or "no release"
            yield f"{package['name']} {package['version']}: {flaw['id']}, mended in {mended}"


def of_npm() -> Iterator[str]:
    for name, flaw in _answer(NPM, "vulnerabilities").items():
        yield f"{name} {flaw['range']}: {flaw['severity']}"


def _answer(command: tuple[str, ...], part: str) -> Any:
    """That part of what the command answers; both end with 1 where there are flaws as well."""
    path = f"{os.environ['PATH']}{os.pathsep}{Path(sys.executable).parent}"
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | {"PATH": path},
            check=False,
            capture_output=True,
            text=True,
        )
        return json.loads(done.stdout)[part]
    except FileNotFoundError as missing:
        raise NotAnswered(f"{missing.filename} is not here") from None
    except (ValueError, KeyError):
        raise NotAnswered(_last_words(done)) from None


def _last_words(done: subprocess.CompletedProcess[str]) -> str:
    """What it said at last: of a trace the line that names the fault."""
    try:
        return str(json.loads(done.stdout)["message"])
    except (ValueError, KeyError):
        lines = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
        return lines[-1].removeprefix("ERROR:pip_audit._cli:")


def main() -> int:
    well = True
    for who, asked in (("PyPI", of_python), ("npm", of_npm)):
        try:
            flaws = list(asked())
        except NotAnswered as why:
            print(f"{who} could not be asked whether a flaw is known: {why}")
            well = False
            continue
        print("\n".join(flaws) if flaws else f"{who} knows of no flaw.")
        well = well and not flaws
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())

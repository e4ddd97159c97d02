"""One report of all that docs/proof.md speaks of: `make soak`, `make rehearsal` and `make bench`.

They run one after the other, so that none slows another down; what is not there is said.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / "data" / "proof.md"
TARGETS = ("soak", "rehearsal", "bench")
LINES = 60  # of each: figures stand at the end of what it prints


def main() -> int:
    """Run what there is, and write down what it said; how many failed."""
    known = targets((ROOT / "Makefile").read_text("utf-8"))
    REPORT.parent.mkdir(exist_ok=True)
    failed = 0
    with REPORT.open("w", encoding="utf-8") as report:
        report.write("\n".join(head()))
        for target in TARGETS:
            code, said = run(target) if target in known else (1, "There is no such target here.\n")
            failed += code != 0
            report.write(section(target, code, said))
            report.flush()
    sys.stdout.write(f"{REPORT.relative_to(ROOT)}: {failed or 'none'} of {len(TARGETS)} failed\n")
    return failed


def targets(makefile: str) -> set[str]:
    """What `make` can be asked for."""
    return set(re.findall(r"^([a-z-]+):(?!=)", makefile, re.MULTILINE))


def head() -> Iterator[str]:
    """When, what and where."""
    yield f"# Proof of {datetime.now(UTC):%Y-%m-%d %H:%M} UTC\n"
    commit = ["git", "log", "-1", "--format=%H %s"]
    done = subprocess.run(commit, cwd=ROOT, capture_output=True, text=True, check=False)
    yield f"- Of: {done.stdout.strip() or 'no commit that git knows'}"
    yield f"- On: {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before it began"
    yield f"- Python {sys.version.split()[0]}\n"


def run(target: str) -> tuple[int, str]:
    """What a target ended with, and what it printed; it is shown meanwhile."""
    said = []
    command = ["make", "--no-print-directory", target]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout or ():
            sys.stdout.write(line)
            said.append(line)
    return process.returncode, "".join(said)


def section(target: str, code: int, said: str) -> str:
    """Its command, how it ended, and the end of what it said."""
    ended = "it passed" if code == 0 else f"it FAILED ({code})"
    last = "\n".join(said.splitlines()[-LINES:])
    return f"\n## make {target}: {ended}\n\n```\n{last}\n```\n"


if __name__ == "__main__":
    sys.exit(main())

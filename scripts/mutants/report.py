"""What the workers found: how many mutants were killed, the interval of that, the survivors."""

import json
from collections import Counter
from collections.abc import Collection
from math import sqrt
from pathlib import Path

from mutmut.mutation.diff_apply import get_diff_for_mutant

from scripts.mutants.tree import MUTANTS

Z = 1.96  # of 95 %


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share, after Wilson (1927)."""
    share, square = hits / of, Z * Z / of
    middle = share + square / 2
    half = Z * sqrt(share * (1 - share) / of + square / (4 * of))
    return (middle - half) / (1 + square), (middle + half) / (1 + square)


def tell(room: str, every: Collection[str], *, seed: int) -> None:
    found = [
        each
        for path in sorted(MUTANTS.glob("results-*.jsonl"))
        for each in map(json.loads, path.read_text().splitlines())
        if each["name"] in every
    ]
    if not found:
        return
    for each in sorted(found, key=lambda each: each["name"]):
        if each["outcome"] in {"survived", "unreached"}:
            print(f"\n{each['outcome']} ({each['tests']} tests): {each['name']}\n{diff(each['name'])}")
    for path in sorted(MUTANTS.glob("left-out-*.txt")):
        print("\nleft out, for it fails without mutants:", *path.read_text().split(), sep="\n  ")
    counts = Counter(each["outcome"] for each in found)
    killed = counts["killed"] + counts["timeout"]
    low, high = wilson(killed, len(found))
    print(
        f"\n{room}: {len(found)} of {len(every)} mutants (seed {seed}):"
        f" {counts['killed']} killed, {counts['timeout']} timed out,"
        f" {counts['survived']} survived, {counts['unreached']} reached by no test"
        f"\nkilled or timed out: {killed / len(found):.1%}, 95 % interval {low:.1%} to {high:.1%}"
    )


def diff(name: str) -> str:
    module = Path(*name.split(".")[:-1])
    path = next(p for p in (module.with_suffix(".py"), module / "__init__.py") if p.exists())
    text = get_diff_for_mutant(name, source=(MUTANTS / path).read_text(), path=path)
    return "\n".join(line for line in text.splitlines() if line[:1] in "@+-")

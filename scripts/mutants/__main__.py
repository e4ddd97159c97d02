"""Mutation testing of rooms: `make mutants ROOM=appointments/free`, or several with blanks between.

Mutmut makes the mutants: small changes of the code, each of which a test should notice. Its own
runner starts pytest, and with it a migrated database, anew for each mutant; here two workers
collect the tests once, on a database of their own, learn which tests reach which function, and
fork for every mutant (runner.py). What a test reaches is kept in .mutants_cache/ until the code or
that test changes. What stands outside of functions, or is SQL, is not mutated.
"""

import argparse
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterable
from math import inf
from pathlib import Path

from scripts.mutants import report, tree

WORKERS = 2
BELOW = ["kernel", "accounts", "catalog", "availability", "appointments", "notifications"]


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("rooms", nargs="+", help="folders of openslot/ or modules in it")
    parser.add_argument("--sample", type=int, default=300, help="how many mutants of each, at most")
    parser.add_argument("--minutes", type=float, default=0, help="how long for each room, at most")
    parser.add_argument("--seed", type=int, default=1, help="which ones")
    parser.add_argument("--tests", nargs="*", help="folders of tests; those of the floor if none")
    parser.add_argument("--only", default="", help="no sample: these, by name, with commas between")
    return parser.parse_args()


def tests_of(rooms: Iterable[str]) -> list[str]:
    """The tests of the rooms' floors; of every floor below the doors for the kernel."""
    floors = {room.split("/")[0] for room in rooms}
    return [f"tests/{each}" for each in (BELOW if "kernel" in floors else sorted(floors))]


def chosen(names: list[str], args: argparse.Namespace) -> list[str]:
    """The mutants to try: those asked for by name, or a random sample."""
    if args.only:
        return sorted({*args.only.split(",")} & {*names})
    return random.Random(args.seed).sample(names, min(args.sample, len(names)))


def work(plan: dict[str, list[str]], *, tests: list[str], minutes: float) -> None:
    """Have the workers try the mutants of each room, each worker its share."""
    (tree.MUTANTS / "plan.json").write_text(json.dumps(plan))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "scripts.mutants.runner"]
    command += ["-p", "no:randomly", "-p", "no:cacheprovider", *tests]
    command += ["-m", "not race and not browser and not real_clock"]
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    env |= {"PYTHONPATH": ".", "MUTANTS_KNOWN": str(tree.known(plan).resolve())}
    env |= {"MUTANTS_MINUTES": str(minutes or inf)}
    workers = [
        subprocess.Popen(
            command,
            cwd=tree.MUTANTS,
            env=env | {"MUTANTS_SHARE": f"{number} {WORKERS}"},
        )
        for number in range(WORKERS)
    ]
    codes = [worker.wait() for worker in workers]
    if any(codes):
        sys.exit(f"a worker has failed: {codes}")


def main() -> None:
    args = asked()
    rooms = [room.removeprefix("openslot/").strip("/") for room in args.rooms]
    names = tree.grow([Path("openslot") / room for room in rooms])
    plan = {room: chosen(every, args) for room, every in zip(rooms, names, strict=True)}
    work(plan, tests=args.tests or tests_of(rooms), minutes=args.minutes)
    for room, every in zip(rooms, names, strict=True):
        report.tell(room, every, seed=args.seed)


main()

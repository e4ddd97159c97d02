"""Mutation testing of a room: `make mutants ROOM=appointments/free`.

Mutmut makes the mutants: small changes of the code, each of which a test should notice. Its own
runner starts pytest, and with it a migrated database, anew for each mutant; here two workers
collect the tests once, on a database of their own, learn which tests reach which function, and
fork for every mutant (runner.py). What stands outside of functions, or is SQL, is not mutated.
"""

import argparse
import json
import os
import random
import subprocess
import sys
from pathlib import Path

from scripts.mutants import report, tree

WORKERS = 2
BELOW = ["kernel", "accounts", "catalog", "availability", "appointments", "notifications"]


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("room", help="a folder of openslot/ or a module in it: appointments/free")
    parser.add_argument("--sample", type=int, default=300, help="how many mutants, at most")
    parser.add_argument("--seed", type=int, default=1, help="which ones")
    parser.add_argument("--tests", nargs="*", help="folders of tests; those of the floor if none")
    return parser.parse_args()


def tests_of(room: str) -> list[str]:
    """The tests of the room's floor; of every floor below the doors for the kernel."""
    floor = room.split("/")[0]
    return [f"tests/{each}" for each in (BELOW if floor == "kernel" else [floor])]


def work(tests: list[str]) -> None:
    """Have the workers try what stands in plan.json, each its share."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "scripts.mutants.runner"]
    command += ["-p", "no:randomly", "-p", "no:cacheprovider", *tests]
    command += ["-m", "not race and not browser and not real_clock"]
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    workers = [
        subprocess.Popen(
            command,
            cwd=tree.MUTANTS,
            env=env | {"PYTHONPATH": ".", "MUTANTS_SHARE": f"{number} {WORKERS}"},
        )
        for number in range(WORKERS)
    ]
    codes = [worker.wait() for worker in workers]
    if any(codes):
        sys.exit(f"a worker has failed: {codes}")


def main() -> None:
    args = asked()
    room = args.room.removeprefix("openslot/").strip("/")
    names = tree.grow(Path("openslot") / room)
    sample = random.Random(args.seed).sample(names, min(args.sample, len(names)))
    (tree.MUTANTS / "plan.json").write_text(json.dumps(sample))
    work(args.tests or tests_of(room))
    report.tell(room, total=len(names), seed=args.seed)


main()

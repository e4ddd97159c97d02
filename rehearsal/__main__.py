"""A cluster on one computer, and what becomes of it when its machines fail: `make rehearsal`.

    python -m rehearsal [--only FAULT …] [--seed N] [--keep FOLDER]
    python -m rehearsal --carry SECONDS     how much it carries while nothing fails
    python -m rehearsal --clean             take away what one has left behind

Wants root and Debian's packages, and says which are missing. Ends with 0 where nothing was lost,
1 where something was, 2 where it cannot begin. Everything it makes is gone when it ends.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from rehearsal import figures, needs, network
from rehearsal.cluster import Cluster, until
from rehearsal.faults import FAULTS
from rehearsal.people import PACE, People
from tests.histories import checker

QUIET = 5  # seconds between two faults
SETTLED = 180  # for the workers to come to their end
CANNOT, INTERRUPTED = 2, 130


def main() -> int:
    parser = argparse.ArgumentParser("rehearsal", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=[*FAULTS], default=[*FAULTS], metavar="FAULT")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--keep", type=Path, help="where history and logs go in the end")
    parser.add_argument("--carry", type=float, metavar="SECONDS")
    parser.add_argument("--clean", action="store_true")
    options = parser.parse_args()
    if missing := needs.missing():
        say("This cannot be rehearsed here. Missing:\n" + "\n".join(f"- {m}" for m in missing))
        return CANNOT
    if options.clean:
        network.clean()
        return 0
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    try:
        return rehearse(options)
    except network.InUse as error:
        say(f"Another rehearsal runs, or could not tidy up: {error}.")
        say("Where none runs, `python -m rehearsal --clean` takes that away.")
        return CANNOT
    except KeyboardInterrupt:
        return INTERRUPTED


def rehearse(options: argparse.Namespace) -> int:
    with contextlib.ExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="openslot-rehearsal-"))
        )
        folder.chmod(0o711)  # PostgreSQL's user passes through
        if options.keep:
            stack.callback(_keep, folder, options.keep)
        net = network.Network()
        if network.remains():
            raise network.InUse(", ".join(network.remains()))
        stack.callback(net.end)
        net.build()
        cluster = Cluster(folder, net)
        cluster.start(say)
        return _under_way(cluster, folder, options)


def _under_way(cluster: Cluster, folder: Path, options: argparse.Namespace) -> int:
    everybody = People(seed=options.seed, pace=0 if options.carry else PACE)
    everybody.begin()
    try:
        if options.carry:
            spans = [_carry(options.carry)]
        else:
            spans = [_suffer(cluster, name) for name in options.only]
            time.sleep(QUIET)
    finally:
        everybody.end()
    with contextlib.suppress(TimeoutError):
        until(lambda: not cluster.jobs(), "the workers to come to their end", seconds=SETTLED)
    history = everybody.history
    history.standing = cluster.standing()
    history.save(folder / "history.jsonl")
    found = checker.faults(history)
    totals = figures.totals(history, found, cluster.jobs())
    say(figures.rates(history, spans[0]) if options.carry else figures.table(history, spans))
    say("\n".join([*(f"{name}: {value}" for name, value in totals.items()), *found]))
    say(f"seed {options.seed}")
    return int(bool(found))


def _suffer(cluster: Cluster, name: str) -> figures.Span:
    time.sleep(QUIET)
    say(f"now {name}")
    begun = time.time()
    try:
        FAULTS[name](cluster)
    except TimeoutError as error:  # what came of it is told all the same
        say(f"{name}: {error}")
    return figures.Span(name, begun, time.time())


def _carry(seconds: float) -> figures.Span:
    begun = time.time()
    time.sleep(seconds)
    return figures.Span("nothing", begun, time.time())


def _keep(folder: Path, where: Path) -> None:
    where.mkdir(parents=True, exist_ok=True)
    for each in (*folder.glob("*.log"), *folder.glob("*.jsonl")):
        shutil.copy(each, where)


def say(what: str) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

"""What a page costs the processor: one request at a time, in one process, without HTTP.

    python -m bench.pages [--rounds 40] [--providers 300] [--appointments 20000]

Processor time, for it hardly asks what else the machine does; the median of the rounds, in which
the pages take turns. The database's own work is not in it.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import tempfile
import time
from http.cookies import SimpleCookie
from pathlib import Path
from statistics import median

import django

from openslot import embedded

WARM = 6
PAGES = (
    ("home", "", "/"),
    ("find", "", "/find/"),
    ("find, soonest first", "", "/find/?sort=soonest"),
    ("a provider's page", "", "/p/provider-1/"),
    ("home of a customer", "customer", "/"),
    ("appointments, the page of a customer", "customer", "/appointments/"),
    ("appointments, the page of a provider", "provider", "/provider/appointments/"),
    ("home of a provider", "provider", "/"),
    ("the agenda", "provider", "/provider/agenda/"),
    ("requests", "provider", "/provider/requests/"),
    ("customers", "provider", "/provider/customers/"),
    ("services", "provider", "/provider/services/"),
    ("hours", "provider", "/provider/hours/"),
    ("analytics", "provider", "/provider/analytics/"),
)


def main() -> None:
    parser = argparse.ArgumentParser("bench.pages", description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--appointments", type=int, default=20_000)
    parser.add_argument("--providers", type=int, default=300)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openslot.settings")
    with tempfile.TemporaryDirectory(prefix="openslot-bench-") as folder:
        Path(folder).chmod(0o711)  # the server's user passes through
        os.environ |= {"DATA_DIR": folder, "RATE_LIMITS": "off"}
        with embedded.using(Path(folder) / "postgres"):
            django.setup()
            _measure(options)


def _measure(options: argparse.Namespace) -> None:
    from bench import fill  # noqa: PLC0415  (it wants Django)
    from openslot.wsgi import application as _loaded  # noqa: F401, PLC0415  (as the web loads it)

    fill.base(providers=options.providers)
    fill.past(upto=options.appointments)
    took = _taken(options)
    sys.stdout.write("| page | processor, ms |\n|---|---|\n")
    for (name, _, _), times in zip(PAGES, took, strict=True):
        sys.stdout.write(f"| {name} | {median(times) * 1000:.1f} |\n")


def _taken(options: argparse.Namespace) -> list[list[float]]:
    """The seconds of each page."""
    from django.test import Client  # noqa: PLC0415

    from bench.http import _session  # noqa: PLC0415

    numbers = {"customer": options.providers + 1, "provider": 1}
    clients = {"": Client(SERVER_NAME="localhost")}
    for who, number in numbers.items():
        clients[who] = Client(SERVER_NAME="localhost")
        clients[who].cookies = SimpleCookie(_session(number))
    took: list[list[float]] = [[] for _ in PAGES]
    for turn in range(WARM + options.rounds):
        for (_, who, path), times in zip(PAGES, took, strict=True):
            gc.collect(0)
            started = time.process_time()
            answer = clients[who].get(path)
            spent = time.process_time() - started
            assert answer.status_code == 200, path
            if turn >= WARM:
                times.append(spent)
    return took


if __name__ == "__main__":
    main()

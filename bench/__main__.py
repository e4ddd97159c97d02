"""Speed as ratios: what OpenSlot adds to the bare SQL, and what the age of the database adds.

    python -m bench [--providers 1000] [--appointments 2000000] [--young 20000] [--rounds 30]
    python -m bench --only notifications [--providers 1000]
    python -m bench --only analytics [--providers 1000]
    python -m bench --only webhooks [--providers 1000] [--bookings 500]
    python -m bench --only google [--providers 1000] [--rounds 30] [--bookings 500]

Makes a PostgreSQL of its own in a temporary folder (or uses an empty database named by
DATABASE_URL), fills it, measures, grows the past, and measures again: all in one run, so that the
figures can be compared whatever the machine does that day.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path

import django

from openslot import embedded


def main() -> None:
    parser = argparse.ArgumentParser("bench", description=__doc__)
    parser.add_argument("--providers", type=int, default=1000)
    parser.add_argument("--appointments", type=int, default=2_000_000)
    parser.add_argument("--young", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--due", type=int, default=10_000)
    parser.add_argument("--bookings", type=int, default=500)
    parser.add_argument(
        "--only", choices=["journeys", "notifications", "google", "analytics", "webhooks"]
    )
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openslot.settings")
    with tempfile.TemporaryDirectory(prefix="openslot-bench-") as folder:
        home = Path(folder) / "postgres"
        Path(folder).chmod(0o711)  # the server's user passes through
        os.environ["DATA_DIR"] = folder
        os.environ["WEBHOOKS_TO_PRIVATE"] = "on"  # the receiver is on this machine
        own = not os.environ.get("DATABASE_URL")
        with embedded.using(home) if own else nullcontext():
            django.setup()
            run(options)


def run(options: argparse.Namespace) -> None:
    # After the settings are read: these modules want Django.
    from bench import analytics, fill, google, measure, notifications, webhooks  # noqa: PLC0415

    fill.base(providers=options.providers)
    if options.only in {None, "analytics"}:
        sys.stdout.write(analytics.everything())
    if options.only == "analytics":
        return
    if options.only in {None, "google"}:
        sys.stdout.write(google.everything(rounds=options.rounds, bookings=options.bookings))
    if options.only == "google":
        return
    if options.only in {None, "webhooks"}:
        sys.stdout.write(webhooks.everything(bookings=options.bookings))
    if options.only == "webhooks":
        return
    if options.only != "journeys":
        sys.stdout.write(notifications.everything(due=options.due, bookings=options.bookings))
    if options.only == "notifications":
        return
    fill.past(upto=options.young)
    young = measure.everything(rounds=options.rounds)
    fill.past(upto=options.appointments)
    old = measure.everything(rounds=options.rounds)
    sys.stdout.write(measure.table(young, old, options.young, options.appointments))


main()

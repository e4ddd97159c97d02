"""openslot forget-old: see privacy/old.py."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from openslot.privacy import old

UNSET = "RETENTION_DAYS is not set: name a number of days, --days 730."
LEAST = 30


class Command(BaseCommand):
    help = "Say how many appointments and customers RETENTION_DAYS would make anonymous."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=settings.RETENTION_DAYS)
        parser.add_argument("--now", action="store_true", help="do it, and do not wait for night")

    def handle(self, *_args: Any, days: int, now: bool, **_options: Any) -> None:
        if not days:
            raise CommandError(UNSET)
        if days < LEAST:
            raise CommandError(f"At least {LEAST} days.")
        ask = old.forget if now else old.count
        found = ask(days=days, now=timezone.now())
        done = "made anonymous" if now else "would be made anonymous"
        self.stdout.write(
            f"{found.appointments} appointments and {found.customers} customers {done}: "
            f"over for more than {days} days."
        )

"""openslot check-setup: see web/operators/checkup.py."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from openslot.web.operators import checkup
from openslot.web.operators.checkup import State


class Command(BaseCommand):
    help = "Say in words whether settings, database, proxy, mail, clock and calendars are right."
    requires_system_checks = []  # what they find is told among the rest

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mail-to", default="", help="send a test mail to this address")
        parser.add_argument(
            "--time-server", default=checkup.TIME_SERVER, help="where to ask for the time (NTP)"
        )

    def handle(self, *_args: Any, mail_to: str, time_server: str, **_options: Any) -> None:
        wrong = 0
        for finding in checkup.findings(mail_to=mail_to, time_server=time_server):
            wrong += finding.state == State.WRONG
            self.stdout.write(f"{finding.state.value:5}  {finding.what}: {finding.words}")
            self.stdout.flush()
        sys.exit(1 if wrong else 0)

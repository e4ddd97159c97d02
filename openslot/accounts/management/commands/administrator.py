"""openslot administrator: asks for what an administrator needs, and makes one."""

from __future__ import annotations

import getpass
import io
import sys
from argparse import ArgumentParser
from typing import Any

import segno
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from openslot.accounts.operating import administrators
from openslot.kernel.errors import DomainError, Invalid


class Command(BaseCommand):
    help = "Make an administrator with a second factor. Asks for a password, and shows a QR code."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the address to sign in with")

    def handle(self, *_args: Any, email: str, **_options: Any) -> None:
        kind = "production" if settings.PRODUCTION else "development"
        self.stdout.write(f"An administrator for {settings.BASE_URL} ({kind})")
        try:
            password = self._password(email)
            codes = self._made(email, password)
        except Invalid as exc:
            told = [message for messages in exc.errors.values() for message in messages]
            raise CommandError(" ".join(told)) from exc
        except DomainError as exc:
            raise CommandError(exc.detail) from exc
        self.stdout.write("\nRecovery codes, each good once for when the app is lost:\n")
        self.stdout.write("\n".join(f"  {code}" for code in codes))
        self.stdout.write(f"\nDone. Sign in at {settings.BASE_URL}/admin/")

    def _password(self, email: str) -> str:
        password = self._asked("Password (at least 12 characters): ", secret=True)
        administrators.check(email=email, password=password)
        if self._asked("The same again: ", secret=True) != password:
            raise CommandError("The two differ.")
        return password

    def _made(self, email: str, password: str) -> list[str]:
        factor = administrators.factor(email)
        self.stdout.write("\nScan this with an app for sign-in codes, or type the key into it:\n")
        drawn = io.StringIO()
        segno.make(factor.address, error="l").terminal(out=drawn, compact=True)
        self.stdout.write(f"{drawn.getvalue()}\n  {factor.secret}\n")
        digits = self._asked("The six digits that it shows: ")
        return administrators.make(email=email, password=password, factor=factor, digits=digits)

    def _asked(self, question: str, *, secret: bool = False) -> str:
        """What is typed; where nobody sits there, the next line of what is piped in."""
        if secret and sys.stdin.isatty():
            return getpass.getpass(question)
        self.stdout.write(question, ending="")
        self.stdout.flush()
        line = sys.stdin.readline()
        if not line:
            raise CommandError("Nothing more was said.")
        return line.strip("\r\n") if secret else line.strip()

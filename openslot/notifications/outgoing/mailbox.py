"""Development's mail: nothing is sent, every mail is a file in EMAIL_FILE_PATH."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

SUFFIX = ".eml"


class Backend(BaseEmailBackend):
    """Keeps mails as files whose names rise with time, as mail programs read them (RFC 5322)."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        place = folder()
        place.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            path = place / f"{time.time_ns()}-{secrets.randbelow(10**9)}{SUFFIX}"
            with path.open("xb") as file:
                file.write(message.message().as_bytes())
        return len(email_messages)


def folder() -> Path:
    return Path(settings.EMAIL_FILE_PATH)

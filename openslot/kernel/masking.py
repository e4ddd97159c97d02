"""Secrets that stand in addresses are masked wherever an address is written down.

Whoever has the address of a feed, or of a link that was mailed, has what it opens: so logs, and the
pages that show a failure to a developer, name the page and not the secret.
"""

from __future__ import annotations

import logging
import re

# Where a secret follows, up to the next slash, space or quote.
BEFORE = (
    "feeds",
    "unsubscribe",
    "accounts/confirm-email",
    "accounts/password/reset/key",
    "api/guest/appointments",
    "guest",
)
SLASH = r"(?:/|%2F)"  # it may be part of another address
SECRET = re.compile(
    rf"({SLASH}(?:{'|'.join(path.replace('/', SLASH) for path in BEFORE)}){SLASH})"
    r"[^\s/?#'\"<>&%]+",
    re.IGNORECASE,
)
MASK = r"\1***"


def masked(text: str) -> str:
    """The text, with what is secret in its addresses left out."""
    return SECRET.sub(MASK, text)


class Filter(logging.Filter):
    """Masks what a record says, its traceback included."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        if SECRET.search(said):
            record.msg, record.args = masked(said), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = masked(record.exc_text)
        return True

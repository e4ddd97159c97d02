"""Secrets are masked wherever they would be written down: in addresses, and tokens by their look.

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
    "embed/booked",
)
SLASH = r"(?:/|%2F)"  # it may be part of another address
SECRET = re.compile(
    rf"({SLASH}(?:{'|'.join(path.replace('/', SLASH) for path in BEFORE)}){SLASH})"
    r"[^\s/?#'\"<>&%]+",
    re.IGNORECASE,
)
# Tokens of Google's (an access token, a refresh token) and whatever is sent as one.
TOKEN = re.compile(
    r"(\bya29\.|(?<![\w/.:-])1//|(?i:\bBearer)\s+|(?<![\w-])code=(?!\*)"
    r"|\b(?:refresh_token|access_token|id_token|client_secret|code_verifier)"
    r"(?:=|['\"]?\s*[:=]\s*['\"]))"
    r"[^\s&'\"<>,;()\[\]{}]+"
)
MASK = r"\1***"


def masked(text: str) -> str:
    """The text, with what is secret in it left out."""
    return TOKEN.sub(MASK, SECRET.sub(MASK, text))


class Filter(logging.Filter):
    """Masks what a record says, its traceback included."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        shown = masked(said)
        if shown != said:
            record.msg, record.args = shown, ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = masked(record.exc_text)
        return True

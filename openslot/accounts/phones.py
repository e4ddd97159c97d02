"""Telephone numbers: kept as people write them, and none that nobody could call."""

from __future__ import annotations

import re
from contextlib import suppress

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

NONE = _("This is not a telephone number, such as +49 30 901820 or 030 901820.")
# Without its country a number has no rule but digits and what stands between them: an emergency
# number has three, the longest seventeen (ITU-T E.164: fifteen, and a prefix to dial out).
WITHIN = re.compile(r"\(?\d[\d\s()./\-‐-―]*(?:(?:x|ext\.?|#)\s*\d+)?", re.IGNORECASE)
FEWEST, MOST = 3, 17


def validate(text: str) -> None:
    """Raises `ValidationError` for what is no number that one could call.

    With a + in front it is judged by the numbering plan of its country, else by its digits.
    """
    if text and not (_international(text) if _begins(text) else _within(text)):
        raise ValidationError(NONE, code="invalid")


def dialled(text: str) -> str:
    """As machines dial it from anywhere, +4930901820 (E.164); empty without its country."""
    if not _begins(text) or not _international(text):
        return ""
    parsed = phonenumbers.parse(text)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _begins(text: str) -> bool:
    return text.lstrip(" (").startswith(("+", "\uff0b"))


def _international(text: str) -> bool:
    if re.search("[^\\W\\d_]", re.sub("(?i)ext|x", "", text)):  # vanity numbers have no country
        return False
    with suppress(phonenumbers.NumberParseException):
        return phonenumbers.is_possible_number(phonenumbers.parse(text))
    return False


def _within(text: str) -> bool:
    digits = sum(letter.isdecimal() for letter in re.split("(?i)x|ext|#", text)[0])
    return bool(WITHIN.fullmatch(text.strip())) and FEWEST <= digits <= MOST

"""Texts that people type: what may stand in a line, what shows anything, what a table may compute.

Both doors' fields ask here. Prose (notes, a description) stays as it came; a line (a name, a
phone, a title) stands in headings, subjects and files where a control character or a direction
that is never closed would change what is around it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

# UAX 9: embeddings, overrides and isolates; the marks (LRM, RLM, ALM) only tell what a letter is.
DIRECTIONS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
BREAKS = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Letters by name that show nothing: Hangul fillers, the blank of Braille, Khmer inherent vowels.
BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\u17b4\u17b5\u034f")
COMPUTED = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def line(text: str) -> str:
    """One line: controls and line ends of every kind are blanks, directions are left out.

    What shows nothing is "".
    """
    one = CONTROLS.sub(" ", text).translate(DIRECTIONS).strip()
    return one if shows(one) else ""


def prose(text: str) -> str:
    """Text of several lines as it came; what shows nothing is ""."""
    return text if shows(text) else ""


def shows(text: str) -> bool:
    """Whether anything of it can be seen."""
    return any(
        letter not in BLANK and unicodedata.category(letter)[0] not in "CZM" for letter in text
    ) or any("\ue000" <= letter <= "\uf8ff" for letter in text)


def newlines(text: str, end: str = "\n") -> str:
    """Line ends of every kind as one kind."""
    return BREAKS.sub(end, text)


def cell(value: Any) -> Any:
    """A value for a table that a spreadsheet opens: text that it would compute becomes text."""
    if isinstance(value, str) and value.lstrip(" ").startswith(COMPUTED):
        return f"'{value}"
    return value

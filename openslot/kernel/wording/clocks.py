"""Whether hours are counted to twelve or to twenty-four: as somebody chose, else as is usual where
their language is spoken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

from babel.core import Locale, UnknownLocaleError
from django.utils.translation import get_language

from openslot.kernel.wording import languages

TWELVE, TWENTY_FOUR = "12", "24"

_active: ContextVar[str] = ContextVar("clock", default="")


def counted() -> str:
    """To how many the clocks count that the reader sees."""
    return _active.get() or usual(get_language() or languages.FALLBACK)


@lru_cache(maxsize=1000)
def usual(tag: str) -> str:
    """To how many they count by a language tag (BCP 47): "en-US" to 12, "en-GB" to 24.

    English of no country is that of our own texts, which count to 24.
    """
    if tag.lower() == languages.FALLBACK:
        return TWENTY_FOUR
    try:
        pattern = Locale.parse(tag, sep="-").time_formats["short"].pattern
    except (UnknownLocaleError, ValueError):
        return TWENTY_FOUR
    letters = re.sub(r"'[^']*'", "", pattern)
    return TWELVE if "h" in letters or "K" in letters else TWENTY_FOUR


@contextmanager
def override(clock: str) -> Iterator[None]:
    """Count so within; "" is what is usual in the language that is spoken then."""
    before = _active.set(clock)
    try:
        yield
    finally:
        _active.reset(before)


def activate(clock: str) -> None:
    """Count so until the `override` around it ends."""
    _active.set(clock)

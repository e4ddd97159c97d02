"""The languages people are spoken to in: English, and each that there is a catalogue of."""

from __future__ import annotations

from functools import cache, lru_cache

from babel.core import Locale, UnknownLocaleError
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

FALLBACK = "en"


@lru_cache(maxsize=1000)
def spoken(tag: str) -> str:
    """The one of ours that is nearest to a language tag (BCP 47); empty where none is near."""
    try:
        return translation.get_supported_language_variant(tag.lower())
    except (LookupError, ValueError):
        return ""


def asked(header: str) -> str:
    """The first of ours in an Accept-Language (RFC 9110, 12.5.4); empty where there is none."""
    return spoken(asked_tag(header))


def asked_tag(header: str) -> str:
    """The same as it was asked for, with its country if one was said."""
    wanted = parse_accept_lang_header(header.lower())
    return next((tag for tag, weight in wanted if weight and spoken(tag)), "")


def of(tag: str) -> str:
    """What somebody reads whose profile says this."""
    return spoken(tag) or FALLBACK


def locale() -> Locale:
    """What CLDR knows of the reader's language; of English where it does not know theirs."""
    return _locale(translation.get_language() or FALLBACK)


@cache
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(FALLBACK)

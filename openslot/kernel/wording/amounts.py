"""Money, numbers and shares as the reader's language writes them (CLDR, by Babel)."""

from __future__ import annotations

from decimal import Decimal

from babel.core import Locale, UnknownLocaleError
from babel.numbers import format_decimal, format_percent, get_currency_name
from django.utils.translation import get_language
from moneyed import Money
from moneyed.l10n import format_money

from openslot.kernel.wording import languages


def locale() -> Locale:
    """The reader's; English for a language that CLDR does not know."""
    try:
        return Locale.parse(get_language() or languages.FALLBACK, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(languages.FALLBACK)


def money(price: Money) -> str:
    """€50.00"""
    return str(format_money(price, locale=str(locale())))


def number(count: int | Decimal) -> str:
    """1,234"""
    return format_decimal(count, locale=locale())


def per_cent(share: Decimal) -> str:
    """A share of one: "12%"."""
    return format_percent(share, locale=locale())


def currency(code: str) -> str:
    """Euro"""
    return get_currency_name(code, locale=locale())

"""Money, numbers and shares as the reader's language writes them (CLDR, by Babel)."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_decimal, format_percent, get_currency_name
from moneyed import Money
from moneyed.l10n import format_money

from openslot.kernel.wording.languages import locale

KEPT = 2000  # prices that are written again and again


def money(price: Money) -> str:
    """€50.00"""
    # As text, for 50 equals 50.00.
    return _money(str(price.amount), price.currency.code, str(locale()))


@lru_cache(KEPT)
def _money(amount: str, currency: str, locale: str) -> str:
    return str(format_money(Money(amount, currency), locale=locale))


def number(count: int | Decimal) -> str:
    """1,234"""
    return format_decimal(count, locale=locale())


def per_cent(share: Decimal) -> str:
    """A share of one: "12%"."""
    return format_percent(share, locale=locale())


def currency(code: str) -> str:
    """Euro"""
    return get_currency_name(code, locale=locale())

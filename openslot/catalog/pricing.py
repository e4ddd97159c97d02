"""What one booking of a service costs."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from babel.core import get_global
from babel.numbers import get_currency_precision
from django.utils.translation import gettext
from moneyed import CURRENCIES, Money

from openslot.catalog.models import Pricing, Service
from openslot.kernel.errors import Invalid

# ISO 4217 also has codes of metals, funds and money that is gone: what is legal tender somewhere
# today is what one can pay with (CLDR, supplemental data of currencies).
TENDER = frozenset(
    code
    for used in get_global("territory_currencies").values()
    for code, _since, until, tender in used
    if tender and until is None and code in CURRENCIES
)


def check_currency(code: str) -> None:
    """Raises `Invalid` beside `currency` for what nobody can pay with."""
    if code not in TENDER:
        raise Invalid(currency=gettext("This is not the code of a currency in use, such as EUR."))


def rounded(money: Money) -> Money:
    """Half-up to the minor unit of its currency (ISO 4217: two digits for EUR, none for JPY)."""
    unit = Decimal(1).scaleb(-get_currency_precision(money.currency.code))
    return Money(money.amount.quantize(unit, ROUND_HALF_UP), money.currency)


def plain(money: Money) -> dict[str, str]:
    """As programs read it: `{"amount": "45.00", "currency": "EUR"}`."""
    exact = rounded(money)
    return {"amount": f"{exact.amount:f}", "currency": exact.currency.code}


def price(service: Service) -> Money:
    """The price of one booking: fixed, or the hourly rate for the service's duration."""
    if service.pricing == Pricing.FIXED:
        return rounded(service.tariff)
    return rounded(
        Money(service.tariff.amount * service.duration_minutes / 60, service.tariff.currency)
    )


def rule(service: Service) -> dict[str, str | int]:
    """How the price came about, to be kept beside it on the appointment."""
    return {
        "pricing": service.pricing,
        "tariff": str(rounded(service.tariff).amount),
        "currency": service.tariff.currency.code,
        "duration_minutes": service.duration_minutes,
    }

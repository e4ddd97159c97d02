"""Public holidays by country and region, as the `holidays` library knows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import holidays
from babel import Locale
from babel.core import get_global
from django.utils.translation import gettext

from openslot.kernel.errors import Invalid

ENGLISH = ("en_US", "en_GB", "en")  # of the library's languages


class Holiday(NamedTuple):
    date: date
    name: str


@cache
def countries() -> Sequence[tuple[str, str]]:
    """Those that are known: ISO 3166-1 code and name, by name."""
    names = Locale("en").territories
    known = holidays.list_supported_countries(include_aliases=False)
    return sorted(((code, names.get(code, code)) for code in known), key=lambda each: each[1])


@cache
def regions(country: str) -> Sequence[tuple[str, str]]:
    """The regions that have days of their own: ISO 3166-2 code and name, by name."""
    known = holidays.list_supported_countries(include_aliases=False).get(country, [])
    aliases = (
        getattr(holidays.country_holidays(country), "subdivisions_aliases", {}) if known else {}
    )
    names = {code: name for name, code in aliases.items()}
    return sorted(((code, names.get(code, code)) for code in known), key=lambda each: each[1])


def country_of(zone: ZoneInfo) -> str:
    """The country of a time zone, "" where none is known."""
    code: str = get_global("zone_territories").get(zone.key, "")
    return code if code in dict(countries()) else ""


def between(country: str, region: str, first: date, last: date) -> list[Holiday]:
    """The holidays of some days, both included, in order; substitute days are of them.

    In English where the library knows it, else in the country's language. Raises `Invalid` beside
    `country` or `region` where there is none of that code.
    """
    if country not in dict(countries()):
        raise Invalid(country=gettext("Choose a country of the list."))
    if region and region not in dict(regions(country)):
        raise Invalid(region=gettext("Choose a region of that country."))
    years = range(first.year, last.year + 1)
    spoken = getattr(holidays.country_holidays(country), "supported_languages", ())
    language = next((each for each in ENGLISH if each in spoken), None)
    days = holidays.country_holidays(country, region or None, years=years, language=language)
    return [Holiday(day, days[day][:200]) for day in sorted(days) if first <= day <= last]

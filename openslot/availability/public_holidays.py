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

from openslot.kernel import folding
from openslot.kernel.errors import Invalid
from openslot.kernel.wording import languages

ENGLISH = ("en_US", "en_GB", "en")  # of the library's languages


class Holiday(NamedTuple):
    date: date
    name: str


def countries() -> Sequence[tuple[str, str]]:
    """Those that are known: ISO 3166-1 code and name, by name in the reader's language."""
    return _countries(languages.locale())


@cache
def _countries(locale: Locale) -> Sequence[tuple[str, str]]:
    names = locale.territories
    known = holidays.list_supported_countries(include_aliases=False)
    named = ((code, names.get(code, code)) for code in known)
    return sorted(named, key=lambda each: folding.folded(each[1]))


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

    In the reader's language or English where the library knows it, else in the country's. Raises
    `Invalid` beside `country` or `region` where there is none of that code.
    """
    if country not in dict(countries()):
        raise Invalid(country=gettext("Choose a country of the list."))
    if region and region not in dict(regions(country)):
        raise Invalid(region=gettext("Choose a region of that country."))
    years = range(first.year, last.year + 1)
    known = getattr(holidays.country_holidays(country), "supported_languages", ())
    theirs = (each for each in known if each.partition("_")[0] == languages.locale().language)
    language = next((each for each in (*theirs, *ENGLISH) if each in known), None)
    days = holidays.country_holidays(country, region or None, years=years, language=language)
    return [Holiday(day, days[day][:200]) for day in sorted(days) if first <= day <= last]

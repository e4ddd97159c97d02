"""Days and times of day as the reader's language writes them.

A pattern is a text like any other: its translation says in which order a language names day,
month and year (the letters are those of Django's `date` filter). A datetime is written as it
stands, in the zone it is in; `clock` alone brings it to the active one.
"""

from __future__ import annotations

from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import get_language, gettext

from openslot.kernel.wording import clocks

KEPT = 10_000  # days and times that are written again and again: no pattern names the zone


def clock(at: datetime | time, zone: ZoneInfo | None = None) -> str:
    """The time of day, in the zone (default: the active one): "09:30", "9:30 AM"."""
    local = timezone.localtime(at, zone) if isinstance(at, datetime) else at
    return _time(local.hour, local.minute, get_language(), clocks.counted())


def seconds(at: datetime) -> str:
    """The time of day to the second, in the active zone: "09:30:05"."""
    to_twelve = clocks.counted() == clocks.TWELVE
    pattern = gettext("g:i:s A") if to_twelve else gettext("H:i:s")
    return time_format(timezone.localtime(at), pattern)


def short(on: date) -> str:
    """Tue 1 Dec"""
    return _date(on, gettext("D j M"))


def short_with_year(on: date) -> str:
    """Tue 1 Dec 2026"""
    return _date(on, gettext("D j M Y"))


def long(on: date) -> str:
    """Tuesday 1 December"""
    return _date(on, gettext("l j F"))


def long_with_year(on: date) -> str:
    """Tuesday 1 December 2026"""
    return _date(on, gettext("l j F Y"))


def of_month(on: date) -> str:
    """1 December"""
    return _date(on, gettext("j F"))


def of_year(on: date) -> str:
    """1 December 2026"""
    return _date(on, gettext("j F Y"))


def day_of_month(on: date) -> str:
    """1st"""
    return _date(on, gettext("jS"))


def moment(at: datetime, zone: ZoneInfo | None = None) -> str:
    """A day and a time, in the zone (default: the active one): "Tue 1 Dec, 09:30"."""
    local = timezone.localtime(at, zone)
    return timed(short(local), local)


def timed(day: str, at: datetime) -> str:
    """A day in words with the time of `at` where it is: "Tomorrow, 09:30"."""
    said = _time(at.hour, at.minute, get_language(), clocks.counted())
    return gettext("{day}, {time}").format(day=day, time=said)


def _date(on: date, pattern: str) -> str:
    return _written(on.toordinal(), pattern, get_language())


@lru_cache(KEPT)
def _written(day: int, pattern: str, _language: str | None) -> str:
    return date_format(date.fromordinal(day), pattern)


@lru_cache(KEPT)
def _time(hour: int, minute: int, _language: str | None, counted: str) -> str:
    pattern = gettext("g:i A") if counted == clocks.TWELVE else gettext("H:i")
    return time_format(time(hour, minute), pattern)

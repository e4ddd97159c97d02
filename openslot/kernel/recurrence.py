"""Recurrence rules (RFC 5545, section 3.3.10), as far as appointments and time off need them.

A rule is read in the wall clock of a zone: the same hour every week, whatever the clocks do. It is
checked here, in words, before dateutil sees it and expands it.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import dropwhile
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from dateutil import rrule
from dateutil.relativedelta import relativedelta
from django.utils.translation import gettext

from openslot.kernel import timerange
from openslot.kernel.errors import Invalid

MOST = 104  # occurrences
YEARS = 2
LONGEST = 500  # characters
FREQUENCIES: dict[str, Literal[0, 1, 2, 3]] = {
    "DAILY": rrule.DAILY,
    "WEEKLY": rrule.WEEKLY,
    "MONTHLY": rrule.MONTHLY,
    "YEARLY": rrule.YEARLY,
}
WEEKDAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
LISTS = {"BYMONTHDAY": 31, "BYMONTH": 12, "BYSETPOS": 366}  # and the largest number in them
PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "WKST", *LISTS}
ORDINALS = {"MONTHLY": 5, "YEARLY": 53}

# The Gregorian calendar repeats itself every 400 years. Rules are expanded that much later, near
# the end of Python's calendar: one that never occurs (again) soon runs out of years.
LATER = 19 * 400


class Rule(NamedTuple):
    """A rule that was checked: its text, and when it occurs, the start first."""

    text: str
    days: list[date]  # in the zone
    starts: list[datetime]  # the instants


def occurrences(rule: str, *, start: datetime, zone: ZoneInfo) -> list[datetime]:
    """The instants of a rule that begins at `start`, which is the first. See `parse`."""
    return parse(rule, start=start, zone=zone).starts


def parse(rule: str, *, start: datetime, zone: ZoneInfo) -> Rule:
    """Read a rule that begins at `start`, in the wall clock of `zone`.

    Raises `Invalid` beside `recurrence`: for anything but DAILY to YEARLY with INTERVAL, BYDAY,
    BYMONTHDAY, BYMONTH, BYSETPOS and WKST and exactly one of COUNT and UNTIL; where `start` is
    not itself an occurrence; beyond 104 occurrences or two years. UNTIL is an instant, or a date
    of the zone, the whole day included.
    """
    start = timerange.bounded(start, field="start")
    parts = _parts(rule)
    local = start.astimezone(zone)
    count, within = _end(parts)
    days = _days(parts, first=local.date())
    if next(days, None) != local.date():
        raise _wrong(gettext("The start is not itself an occurrence of the rule."))
    if not within(local.date(), start):
        raise _wrong(gettext("UNTIL lies before the start."))
    last = local.date() + relativedelta(years=YEARS)
    read = Rule(";".join(f"{name}={value}" for name, value in parts.items()), [], [])
    day: date | None = local.date()
    moment = start
    while day is not None and len(read.days) < count and within(day, moment):
        if day > last:
            raise _wrong(
                gettext("The rule goes on for more than {years} years.").format(years=YEARS)
            )
        if len(read.days) == MOST:
            raise _wrong(gettext("The rule has more than {most} occurrences.").format(most=MOST))
        read.days.append(day)
        read.starts.append(moment)
        day = next(days, None)
        moment = timerange.instant(day, local.time(), zone) if day else moment
    if day is None and "COUNT" in parts and len(read.days) < count:
        raise _wrong(gettext("The rule does not occur that often."))
    return read


def _parts(rule: str) -> dict[str, str]:
    if len(rule) > LONGEST:
        raise _wrong(gettext("A rule has at most {longest} characters.").format(longest=LONGEST))
    parts: dict[str, str] = {}
    for part in rule.strip().upper().split(";"):
        name, _, value = part.partition("=")
        if name not in PARTS:
            raise _wrong(
                gettext("{name} cannot be used in a rule here.").format(
                    name=name[:20] or gettext("An empty part")
                )
            )
        if name in parts:
            raise _wrong(gettext("{name} stands in the rule twice.").format(name=name))
        if not value:
            raise _wrong(gettext("{name} has no value.").format(name=name))
        parts[name] = value
    _check_together(parts)
    return parts


def _check_together(parts: Mapping[str, str]) -> None:
    """Whether the parts go with one another."""
    if parts.get("FREQ") not in FREQUENCIES:
        raise _wrong(gettext("FREQ has to be DAILY, WEEKLY, MONTHLY or YEARLY."))
    if ("COUNT" in parts) == ("UNTIL" in parts):
        raise _wrong(gettext("Say when the rule ends: either COUNT or UNTIL."))
    if "BYMONTHDAY" in parts and parts["FREQ"] == "WEEKLY":
        raise _wrong(gettext("BYMONTHDAY does not go with WEEKLY."))
    if "BYSETPOS" in parts and parts["FREQ"] == "DAILY":
        raise _wrong(gettext("BYSETPOS does not go with DAILY."))
    if "BYSETPOS" in parts and not {"BYDAY", "BYMONTHDAY", "BYMONTH"} & parts.keys():
        raise _wrong(gettext("BYSETPOS needs another BY part to choose from."))


def _end(parts: Mapping[str, str]) -> tuple[int, Callable[[date, datetime], bool]]:
    """How many occurrences there may be, and which by their day and instant."""
    if "COUNT" in parts:
        return _number("COUNT", parts["COUNT"], most=MOST), lambda _day, _moment: True
    text = parts["UNTIL"]
    if re.fullmatch(r"[0-9]{8}T[0-9]{6}", text):
        raise _wrong(gettext("A time in UNTIL is given in UTC, with a Z at its end."))
    if not re.fullmatch(r"[0-9]{8}(T[0-9]{6}Z)?", text):
        raise _wrong(
            gettext("UNTIL is a date such as 20301231 or an instant such as 20301231T120000Z.")
        )
    try:
        until = datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError as exc:
        raise _wrong(gettext("There is no such date as UNTIL says.")) from exc
    if "T" in text:
        return MOST + 1, lambda _day, moment: moment <= until
    return MOST + 1, lambda day, _moment: day <= until.date()


def _days(parts: Mapping[str, str], *, first: date) -> Iterator[date]:
    """The dates of the rule from the first one on, as dateutil expands it."""
    frequency = parts["FREQ"]
    week_start = WEEKDAYS.get(parts.get("WKST", "MO"))
    if week_start is None:
        raise _wrong(gettext("WKST is one of MO, TU, WE, TH, FR, SA, SU."))
    interval = _number("INTERVAL", parts.get("INTERVAL", "1"), most=9999)
    weekdays = _weekdays(parts)
    monthdays, months = _numbers("BYMONTHDAY", parts), _numbers("BYMONTH", parts)
    if not (
        (weekdays is None or first.weekday() in {day.weekday for day in weekdays})
        and (monthdays is None or {first.day, first.day - 1 - _length(first)} & set(monthdays))
        and (months is None or first.month in months)
    ):
        return iter(())  # no need to search: the start does not occur
    begin = first.replace(year=first.year + LATER)
    if frequency == "WEEKLY":
        # From the beginning of its week, or BYSETPOS would count from the start.
        weekdays = weekdays or [rrule.weekday(begin.weekday())]
        begin -= timedelta(days=(begin.weekday() - week_start) % 7)
    dates = rrule.rrule(
        FREQUENCIES[frequency],
        dtstart=datetime(begin.year, begin.month, begin.day),  # noqa: DTZ001 - a wall clock
        interval=interval,
        wkst=week_start,
        byweekday=weekdays,
        bymonthday=monthdays,
        bymonth=months,
        bysetpos=_numbers("BYSETPOS", parts),
    )
    days = (moment.date().replace(year=moment.year - LATER) for moment in dates)
    return dropwhile(lambda day: day < first, days)


def _length(day: date) -> int:
    """How many days its month has."""
    return calendar.monthrange(day.year, day.month)[1]


def _weekdays(parts: Mapping[str, str]) -> list[rrule.weekday] | None:
    if "BYDAY" not in parts:
        return None
    most = ORDINALS.get(parts["FREQ"], 0)
    weekdays = []
    for text in parts["BYDAY"].split(","):
        match = re.fullmatch(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)", text)
        if match is None:
            raise _wrong(gettext("BYDAY is a list of MO, TU, WE, TH, FR, SA, SU."))
        ordinal = int(match[1]) if match[1] else None
        if ordinal is not None and not 1 <= abs(ordinal) <= most:
            raise _wrong(
                gettext("BYDAY={text} does not go with {freq}.").format(
                    text=text, freq=parts["FREQ"]
                )
            )
        weekdays.append(rrule.weekday(WEEKDAYS[match[2]], ordinal))
    if len({day.n is None for day in weekdays}) > 1:
        raise _wrong(gettext("Give each day of BYDAY a number, or none of them."))
    return weekdays


def _numbers(name: str, parts: Mapping[str, str]) -> list[int] | None:
    if name not in parts:
        return None
    most = LISTS[name]
    sign = "" if name == "BYMONTH" else "[+-]?"
    numbers = parts[name].split(",")
    if any(not re.fullmatch(sign + r"[0-9]{1,3}", each) for each in numbers) or any(
        not 1 <= abs(int(each)) <= most for each in numbers
    ):
        said = gettext("{name} is a list of numbers from 1 to {most}.")
        if name != "BYMONTH":
            said = gettext(
                "{name} is a list of numbers from 1 to {most}, or negative to count from the end."
            )
        raise _wrong(said.format(name=name, most=most))
    return sorted({int(each) for each in numbers})


def _number(name: str, text: str, *, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= most:
        raise _wrong(
            gettext("{name} is a whole number from 1 to {most}.").format(name=name, most=most)
        )
    return int(text)


def _wrong(message: str) -> Invalid:
    return Invalid(recurrence=message)

"""What takes time in a calendar file (RFC 5545) that somebody brings along."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openslot.kernel import timerange
from openslot.kernel.errors import Invalid
from openslot.kernel.timerange import Span

MOST_BYTES = 500_000  # what a form may send is twice as much
MOST_EVENTS = 500  # in the file, each of which may come again
MOST = 400  # spans that are answered
TIMES = {"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE"}
OFTEN = {"SECONDLY", "MINUTELY", "HOURLY"}  # nobody is away by such a rule
NO_CALENDAR = _("This is no calendar file: one that ends in .ics and begins with BEGIN:VCALENDAR.")


class Entry(NamedTuple):
    """An event that takes time."""

    span: Span
    title: str


def read(content: bytes, *, within: Span, zone: ZoneInfo) -> list[Entry]:
    """The events in that span, in order of their starts, each occurrence by itself; the first
    `MOST`.

    What is cancelled or shown as free takes no time. Whole days, and times without a zone, are
    those of `zone`. Raises `Invalid` beside `file` for what is no calendar or too much of one.
    """
    if len(content) > MOST_BYTES:
        raise Invalid(file=gettext("A calendar file has at most 500 kB."))
    try:
        calendar = icalendar.Calendar.from_ical(content)
        events = calendar.walk("VEVENT")
    except (ValueError, IndexError, KeyError, AttributeError) as error:
        raise Invalid(file=NO_CALENDAR) from error
    if calendar.name != "VCALENDAR":
        raise Invalid(file=NO_CALENDAR)
    if len(events) > MOST_EVENTS:
        raise Invalid(
            file=gettext("This file has {len} events; at most {most_events} are read.").format(
                len=len(events), most_events=MOST_EVENTS
            )
        )
    calendar.subcomponents = [each for each in calendar.subcomponents if _readable(each)]
    if any(_often(event) for event in calendar.walk("VEVENT")):
        raise Invalid(file=gettext("An event of this file comes again every hour or more often."))
    query = recurring_ical_events.of(calendar, skip_bad_series=True)
    try:
        found = list(query.between(within.start, within.end))
    except (ValueError, TypeError, OverflowError) as error:
        raise Invalid(file=gettext("An event of this file cannot be read.")) from error
    entries = [entry for event in found for entry in _entry(event, zone)]
    return sorted(entry for entry in entries if entry.span.overlaps(within))[:MOST]


def _readable(component: Any) -> bool:
    """Whether it says when it is; an event that does not hides no other."""
    broken = {name for name, _ in component.errors}
    return component.name != "VEVENT" or ("DTSTART" in component and not broken & TIMES)


def _often(event: Any) -> bool:
    rules = event.get("RRULE", [])
    return any(
        str(freq).upper() in OFTEN
        for rule in (rules if isinstance(rules, list) else [rules])
        for freq in rule.get("FREQ", [])
    )


def _entry(event: Any, zone: ZoneInfo) -> Iterator[Entry]:
    """One, or none where it takes no time."""
    free = str(event.get("TRANSP", "")).upper() == "TRANSPARENT"
    if free or str(event.get("STATUS", "")).upper() == "CANCELLED":
        return
    starts, ends = (_instant(event.decoded(name, None), zone) for name in ("DTSTART", "DTEND"))
    if starts is None:
        return
    span = Span(starts, ends or starts)
    if span.start < span.end:
        yield Entry(span, " ".join(str(event.get("SUMMARY", "")).split())[:200])


def _instant(said: date | datetime | None, zone: ZoneInfo) -> datetime | None:
    if isinstance(said, datetime):
        at = said if said.tzinfo else said.replace(tzinfo=zone)
        return at.astimezone(UTC)
    return timerange.day_span(said, zone).start if said else None

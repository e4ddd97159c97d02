"""How soon and how far ahead customers may book: the provider's notice and booking window."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from openslot.accounts.models import Provider
from openslot.kernel import timerange
from openslot.kernel.timerange import Span

MICROSECOND = timedelta(microseconds=1)


def window(provider: Provider, now: datetime) -> Span:
    """From when to when a booking made at `now` may start.

    The last day is a whole day of the provider's zone, so many days after today there.
    """
    last = now.astimezone(provider.zone).date() + timedelta(days=provider.booking_window_days)
    notice = timedelta(minutes=provider.minimum_notice_minutes)
    return Span(now + notice, timerange.day_span(last, provider.zone).end)


def last_day(provider: Provider, now: datetime, *, zone: ZoneInfo | None = None) -> date:
    """The date of the last moment at which a booking may start, in `zone` or the provider's."""
    ends = window(provider, now).end - MICROSECOND
    return ends.astimezone(zone or provider.zone).date()

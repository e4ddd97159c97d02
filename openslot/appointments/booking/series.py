"""Recurring appointments: every date is checked, all are made in one transaction, or none.

The rule is kept in the provider's wall-clock time. Each occurrence is an appointment of its own;
where it first stood by the rule (`series_start`) is its identity in the series, wherever it moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext
from moneyed import Money

from openslot.accounts.models import User
from openslot.appointments.booking import drafting, limits, prerequisites
from openslot.appointments.booking.asking import Extension, Request
from openslot.appointments.booking.drafting import Opened
from openslot.appointments.booking.plan import Date, Plan, Rule
from openslot.appointments.booking.prerequisites import Earlier
from openslot.appointments.free import fitting, placing
from openslot.appointments.free.holding import NOBODYS
from openslot.appointments.models import DROPPED, Appointment, Role, Series
from openslot.catalog import pricing
from openslot.kernel import recurrence, timerange
from openslot.kernel.errors import Invalid, NotFound

CHOICES = ("fail", "skip", "shift")


def planned(request: Request, opened: Opened) -> Plan:
    """The plan of every date of the rule.

    Raises `Invalid` beside `recurrence` (senseless and endless rules, in words; a customer's for a
    service that is booked one by one), `on_conflict` and `depends_on`.
    """
    _check_recurring(opened)
    parsed = recurrence.parse(
        request.recurrence, start=request.start, zone=opened.service.provider.zone
    )
    rule = Rule(parsed.text, _choice(request.on_conflict))
    earlier = prerequisites.earlier(
        opened.service, opened.customer, role=opened.role, named=request.depends_on
    )
    return _plan(opened, earlier, rule, parsed.starts, parsed.starts, notes=request.notes)


def visible(series_id: UUID, *, by: User) -> Series:
    """The series, to its customer and its provider. Raises `NotFound`."""
    theirs = Series.objects.visible_to(by).select_related("provider", "service__provider")
    series = theirs.filter(pk=series_id).first()
    if series is None:
        raise NotFound
    return series


def going_on(asked: Extension, series: Series, *, by: User, lock: bool = False) -> Plan:
    """The plan of the dates by which a series goes on; what was moved as a whole goes on there.

    Terms and price are today's. Raises `Invalid` beside `count`, `until`, `on_conflict`,
    `recurrence` (the service is booked one by one now) and `series` (its currency is not today's),
    and what `drafting.opened` raises.
    """
    how = _choice(asked.on_conflict)
    if (asked.count is None) == (asked.until is None):
        raise Invalid(count=gettext("Say how many more, or until when: one of count and until."))
    mine = series.provider.user_id == by.pk
    opened = drafting.opened(
        series.service_id, by=by, customer=series.customer_id if mine else None, lock=lock
    )
    _check_recurring(opened)
    opened = replace(opened, booked_as=series.booked_as)
    known = _originals(series)
    ends = f"COUNT={asked.count + 1}" if asked.count is not None else f"UNTIL={asked.until:%Y%m%d}"
    originals = _next(series, asked, after=max(known), ends=ends)
    starts = [timerange.on_the_wall(start, series.shift, series.zone) for start in originals]
    _check_currency(series, opened)
    total = f"COUNT={len(known) + len(originals)}" if asked.count is not None else ends
    rule = Rule(_ending(series.recurrence, total), how, extends=series)
    earlier = prerequisites.earlier(opened.service, opened.customer, role=opened.role)
    return _plan(opened, earlier, rule, originals, starts, notes=asked.notes)


def total_price(series: Series, occurrences: Iterable[Appointment]) -> Money:
    """What its appointments cost, without declined, cancelled and expired ones."""
    prices = [each.price for each in occurrences if each.status not in DROPPED]
    nothing = Money(0, pricing.price(series.service).currency)
    return sum(prices[1:], prices[0]) if prices else nothing


def _plan(
    opened: Opened,
    earlier: Earlier,
    rule: Rule,
    originals: Sequence[datetime],
    starts: Sequence[datetime],
    *,
    notes: str,
) -> Plan:
    if any(not timerange.EARLIEST <= start < timerange.LATEST for start in starts):
        raise Invalid(recurrence=gettext("The rule goes beyond the year 2199."))
    limit = limits.refusal(opened.customer) if opened.role == Role.CUSTOMER else None
    placed = fitting.placed(
        [opened.place(start) for start in starts],
        side=opened.side,
        shift=rule.on_conflict == "shift",
        rule=earlier.refusal,
    )
    dates = [
        Date(*each, original=original) for each, original in zip(placed, originals, strict=True)
    ]
    claimed = _is_claimed(opened, starts[0])
    return Plan(opened, earlier, dates, notes, refusal=limit, rule=rule, claimed=claimed)


def _is_claimed(opened: Opened, first: datetime) -> bool:
    """Whether the customer holds the first date; what is known of that week says so."""
    if opened.role != Role.CUSTOMER or opened.claim == NOBODYS:
        return False
    [prospect] = placing.prospects(
        [opened.place(first)], now=opened.now, as_read=opened.locked, claim=opened.claim
    )
    return prospect.claimed


def _check_recurring(opened: Opened) -> None:
    if opened.role == Role.CUSTOMER and not opened.service.recurring:
        raise Invalid(recurrence=gettext("This is booked one appointment at a time."))


def _choice(on_conflict: str) -> str:
    if on_conflict not in CHOICES:
        raise Invalid(on_conflict=gettext("What clashes can fail, skip or shift."))
    return on_conflict


def _next(series: Series, asked: Extension, *, after: datetime, ends: str) -> list[datetime]:
    """The dates of the rule after its last one, up to another end."""
    try:
        rule = recurrence.parse(_ending(series.recurrence, ends), start=after, zone=series.zone)
    except Invalid as exc:
        beside = "count" if asked.until is None else "until"
        raise Invalid(**{beside: exc.errors["recurrence"]}) from exc
    if len(rule.days) == 1:
        raise Invalid(until=gettext("No date of the series lies between its last one and then."))
    return [timerange.instant(day, series.clock, series.zone) for day in rule.days[1:]]


def _ending(rule: str, ends: str) -> str:
    """The rule with another end."""
    parts = rule.split(";")
    stay = [part for part in parts if part.split("=")[0] not in {"COUNT", "UNTIL"}]
    return ";".join([*stay, ends])


def _originals(series: Series) -> set[datetime]:
    """Every date of the rule so far, booked or skipped."""
    booked = series.occurrences.order_by().values_list("series_start", flat=True)
    skipped = {datetime.fromisoformat(each["start"]) for each in series.skipped}
    return {start for start in booked if start is not None} | skipped


def _check_currency(series: Series, opened: Opened) -> None:
    first = series.occurrences.order_by("series_start").first()
    now = pricing.price(opened.service).currency
    if first is not None and first.price.currency != now:
        raise Invalid(series=gettext("Prices are in {now} now. Book a new series.").format(now=now))

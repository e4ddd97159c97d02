"""Recurring appointments: every date is checked, all are made in one transaction, or none.

The rule is kept in the provider's wall-clock time. Each occurrence is an appointment of its own;
where it first stood by the rule (`series_start`) is its identity in the series, wherever it moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from moneyed import Money

from openslot.accounts import locks
from openslot.accounts.models import User
from openslot.appointments import errors, ledger
from openslot.appointments.booking import drafting, limits, mending, prerequisites, whom
from openslot.appointments.booking.drafting import Request
from openslot.appointments.booking.prerequisites import Earlier
from openslot.appointments.free import fitting
from openslot.appointments.free.fitting import Placed
from openslot.appointments.models import ACTIVE, DROPPED, Appointment, Role, Series, Way
from openslot.catalog import pricing
from openslot.kernel import recurrence as rules
from openslot.kernel import timerange
from openslot.kernel.errors import Invalid, NotFound, VersionMismatch

CHOICES = ("fail", "skip", "shift")


class Plan(NamedTuple):
    """What would become of every date of a rule; `placed` and `originals` go together."""

    request: Request
    recurrence: str
    originals: Sequence[datetime]  # by the rule
    placed: Sequence[Placed]
    earlier: Earlier
    limit: errors.LimitReached | None  # that the customer has too many open requests

    @property
    def total_price(self) -> Money:
        """What the ones that can be had cost together."""
        free = 0 if self.limit else sum(each.start is not None for each in self.placed)
        return pricing.price(self.request.service) * free


def planned(
    service_id: UUID,
    *,
    by: User,
    start: datetime,
    recurrence: str,
    on_conflict: str = "fail",
    customer: UUID | whom.Guest | None = None,
    depends_on: UUID | None = None,
    lock: bool = False,
) -> Plan:
    """What `book` with the same arguments would find. Books nothing, and waits for nobody.

    Raises `Invalid` (beside `recurrence`: senseless and endless rules, in words; `on_conflict`;
    `depends_on`; `service`; `customer`; `start`) and `NotAllowed`.
    """
    _check_choice(on_conflict)
    start = timerange.bounded(start, field="start")
    request = drafting.opened(service_id, by=by, customer=customer, lock=lock)
    rule = rules.parse(recurrence, start=start, zone=request.service.provider.zone)
    earlier = prerequisites.earlier(
        request.service, request.customer, role=request.role, named=depends_on
    )
    return _plan(request, rule.text, rule.starts, rule.starts, earlier, on_conflict=on_conflict)


@transaction.atomic
def book(
    service_id: UUID,
    *,
    by: User,
    start: datetime,
    recurrence: str,
    on_conflict: str = "fail",
    notes: str = "",
    customer: UUID | whom.Guest | None = None,
    depends_on: UUID | None = None,
    once: bool = False,
    via: Way = Way.UNKNOWN,
) -> Series:
    """Book every date of the rule under one act.

    A date that cannot be had stops all (`fail`), is left out (`skip`) or goes to the nearest free
    start on its date, or else is left out (`shift`). With `once` a series of the customer with the
    same service, start and rule that goes on already is the answer. Raises what `planned` raises,
    `LimitReached` where the customer has too many open requests (a series is one), and
    `SeriesConflict` with `conflicts` (`[{start, reason}]`), also where nothing at all is left.
    """
    plan = planned(
        service_id,
        by=by,
        start=start,
        recurrence=recurrence,
        on_conflict=on_conflict,
        customer=customer,
        depends_on=depends_on,
        lock=True,
    )
    made = _made(plan) if once else None
    if made is not None:
        return made
    _check_plan(plan, on_conflict)
    whom.keep(plan.request.customer)
    series = Series.objects.create(
        provider=plan.request.service.provider,
        customer=plan.request.customer,
        service=plan.request.service,
        recurrence=plan.recurrence,
        zone_name=plan.request.service.provider.timezone,
        start=plan.originals[0],
        skipped=_skipped(plan),
        created_at=plan.request.now,
    )
    _write(plan, series, by=by, notes=notes, via=via)
    return series


def _made(plan: Plan) -> Series | None:
    same = Series.objects.filter(
        customer_id=plan.request.customer.pk,
        service=plan.request.service,
        start=plan.originals[0],
        recurrence=plan.recurrence,
    )
    return same.filter(occurrences__status__in=ACTIVE).first()


def planned_extension(
    series_id: UUID,
    *,
    by: User,
    count: int | None = None,
    until: date | None = None,
    on_conflict: str = "fail",
) -> Plan:
    """What `extend` with the same arguments would find."""
    return _extension(_found(series_id, by=by), by=by, count=count, until=until, how=on_conflict)


@transaction.atomic
def extend(
    series_id: UUID,
    *,
    by: User,
    count: int | None = None,
    until: date | None = None,
    on_conflict: str = "fail",
    notes: str = "",
    expected: str | None = None,
    via: Way = Way.UNKNOWN,
) -> Series:
    """Go on with the rule after its last date: so many more, or up to a date, that day included.

    What was moved as a whole goes on where it was moved to. Terms and price are today's. Raises
    `NotFound` for strangers, `VersionMismatch` where its rule is not the `expected` one any more,
    and what `book` raises; at most 104 more, and two years.
    """
    locks.provider(_found(series_id, by=by).provider_id)
    series = _found(series_id, by=by)
    if expected is not None and series.recurrence != expected:
        raise VersionMismatch
    plan = _extension(series, by=by, count=count, until=until, how=on_conflict, lock=True)
    _check_plan(plan, on_conflict)
    series.recurrence = plan.recurrence
    series.skipped = [*series.skipped, *_skipped(plan)]
    series.save(update_fields=["recurrence", "skipped"])
    _write(plan, series, by=by, notes=notes, via=via)
    return series


def went_on(
    series: Series, *, since: str, count: int | None = None, until: date | None = None
) -> int:
    """How many appointments `extend` with the same arguments has booked already; 0 if it has not.

    `since` is the rule as it was before.
    """
    parts = dict(part.partition("=")[::2] for part in since.split(";"))
    try:
        before = int(parts["COUNT"]) if "COUNT" in parts else _so_far(series, since)
    except (Invalid, ValueError):
        return 0
    added = sorted(_originals(series))[max(before, 0) :]
    ends = f"UNTIL={until:%Y%m%d}" if until is not None else f"COUNT={before + (count or 0)}"
    if series.recurrence != _ending(since, ends) or (count is not None and len(added) != count):
        return 0
    return series.occurrences.filter(series_start__in=added).count()


def total_price(series: Series, occurrences: Iterable[Appointment]) -> Money:
    """What its appointments cost, without declined, cancelled and expired ones."""
    prices = [each.price for each in occurrences if each.status not in DROPPED]
    nothing = Money(0, pricing.price(series.service).currency)
    return sum(prices[1:], prices[0]) if prices else nothing


def _plan(
    request: Request,
    text: str,
    originals: Sequence[datetime],
    starts: Sequence[datetime],
    earlier: Earlier,
    *,
    on_conflict: str,
) -> Plan:
    if any(not timerange.EARLIEST <= start < timerange.LATEST for start in starts):
        raise Invalid(recurrence="The rule goes beyond the year 2199.")
    limit = None
    if request.role == Role.CUSTOMER:
        try:
            limits.check_requests(request.customer)
        except errors.LimitReached as refusal:
            limit = refusal
    placed = fitting.placed(
        [request.place(start) for start in starts],
        side=request.side,
        shift=on_conflict == "shift",
        rule=earlier.refusal,
    )
    return Plan(request, text, originals, placed, earlier, limit)


def _extension(
    series: Series,
    *,
    by: User,
    count: int | None,
    until: date | None,
    how: str,
    lock: bool = False,
) -> Plan:
    _check_choice(how)
    if (count is None) == (until is None):
        raise Invalid(count="Say how many more, or until when: one of count and until.")
    mine = series.provider.user_id == by.pk
    request = drafting.opened(
        series.service_id, by=by, customer=series.customer_id if mine else None, lock=lock
    )
    zone, known = series.zone, _originals(series)
    last = max(known)
    ends = f"COUNT={count + 1}" if count is not None else f"UNTIL={until:%Y%m%d}"
    try:
        rule = rules.parse(_ending(series.recurrence, ends), start=last, zone=zone)
    except Invalid as exc:
        raise Invalid(**{"count" if until is None else "until": exc.errors["recurrence"]}) from exc
    if len(rule.days) == 1:
        raise Invalid(until="No date of the series lies between its last one and then.")
    clock = series.start.astimezone(zone).time()
    originals = [timerange.instant(day, clock, zone) for day in rule.days[1:]]
    starts = [timerange.on_the_wall(start, series.shift, zone) for start in originals]
    _check_currency(series, request)
    total = f"COUNT={len(known) + len(originals)}" if count is not None else ends
    earlier = prerequisites.earlier(request.service, request.customer, role=request.role)
    text = _ending(series.recurrence, total)
    return _plan(request, text, originals, starts, earlier, on_conflict=how)


def _ending(recurrence: str, ends: str) -> str:
    """The rule with another end."""
    parts = recurrence.split(";")
    stay = [part for part in parts if part.split("=")[0] not in {"COUNT", "UNTIL"}]
    return ";".join([*stay, ends])


def _so_far(series: Series, recurrence: str) -> int:
    return len(rules.parse(recurrence, start=series.start, zone=series.zone).days)


def _originals(series: Series) -> set[datetime]:
    """Every date of the rule so far, booked or skipped."""
    booked = series.occurrences.order_by().values_list("series_start", flat=True)
    skipped = {datetime.fromisoformat(each["start"]) for each in series.skipped}
    return {start for start in booked if start is not None} | skipped


def _check_currency(series: Series, request: Request) -> None:
    first = series.occurrences.order_by("series_start").first()
    now = pricing.price(request.service).currency
    if first is not None and first.price.currency != now:
        raise Invalid(series=f"Prices are in {now} now. Book a new series.")


def _check_choice(on_conflict: str) -> None:
    if on_conflict not in CHOICES:
        raise Invalid(on_conflict="What clashes can fail, skip or shift.")


def _check_plan(plan: Plan, on_conflict: str) -> None:
    if plan.limit is not None:
        raise plan.limit
    clashes = [each for each in plan.placed if each.refusal is not None]
    left = any(each.start is not None for each in plan.placed)
    if clashes and (on_conflict == "fail" or not left):
        raise conflict(clashes)


def conflict(clashes: Iterable[Placed]) -> errors.SeriesConflict:
    """The error that names every clash with the code that a single booking would get."""
    conflicts = [
        errors.conflict(each.wanted.start, each.refusal) for each in clashes if each.refusal
    ]
    return errors.SeriesConflict(conflicts=conflicts)


def _skipped(plan: Plan) -> list[dict[str, str]]:
    return [
        {"start": original.isoformat(), "reason": each.refusal.code}
        for original, each in zip(plan.originals, plan.placed, strict=True)
        if each.start is None and each.refusal is not None
    ]


def _write(plan: Plan, series: Series, *, by: User, notes: str, via: Way) -> None:
    entries = []
    for original, each in zip(plan.originals, plan.placed, strict=True):
        if each.start is None:
            continue
        first = plan.earlier.before(each.start)
        entry = drafting.drafted(plan.request, each.start, notes=notes, depends_on=first)
        entry.appointment.series, entry.appointment.series_start = series, original
        entry.appointment.needs_attention = plan.earlier.broken(each.start)
        entries.append(entry)
    ledger.written([*entries, *mending.mended(entries)], by=by, via=via)


def _found(series_id: UUID, *, by: User) -> Series:
    found = Series.objects.visible_to(by).select_related("provider", "service__provider")
    series = found.filter(pk=series_id).first()
    if series is None:
        raise NotFound
    return series

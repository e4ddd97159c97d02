"""The one way to book, whatever is asked for: plan, check, write; verified behind the locks.

What one customer asks for is planned before they queue, and holds where nothing was written to the
provider until it is their turn (docs/adr/0031); whatever else is asked for is planned behind them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from openslot.accounts import consenting, locks
from openslot.accounts.models import User
from openslot.appointments import errors, ledger
from openslot.appointments.booking import courses, drafting, mending, one, series, whom
from openslot.appointments.booking.asking import Caller, Extension, Guest, Request
from openslot.appointments.booking.drafting import Opened
from openslot.appointments.booking.plan import Booked, Plan, Rule
from openslot.appointments.entries import Entry
from openslot.appointments.guests import firsts, joining
from openslot.appointments.models import Hold, Role, Series, Way
from openslot.catalog import questions
from openslot.kernel import events, timerange
from openslot.kernel.errors import Invalid, VersionMismatch

# Refusals that say more than their code does, which a series remembers.
SAY_MORE = {errors.SlotUnavailable.code, errors.LimitReached.code}


@transaction.atomic
def book(request: Request, *, by: Caller, via: Way = Way.UNKNOWN) -> Booked:
    """Hold the time and ask the provider, or confirm at once where the provider wants that.

    All that a request asks for is made under one act, or nothing. Raises what `planned` raises,
    `SlotTaken`, `SlotUnavailable`, `PrerequisiteMissing`, `CustomerBusy`, `LimitReached` (a series
    is one request), `NoDateFits` (a course, with the `service` that finds no date from `first_day`
    to `last_day`), `SeriesConflict` with `conflicts` (`[{start, reason}]`) and `TooOften`.
    """
    if isinstance(by, Guest):
        consenting.check(by.consent, field="guest.consent")
    plan = _ahead(request, by=by) or planned(request, by=by, lock=True)
    _check_strangers(plan)
    _check_answers(plan, by=by)
    return _made(plan, by=by, via=via)


@transaction.atomic
def extend(asked: Extension, *, by: User, via: Way = Way.UNKNOWN) -> Series:
    """Let a series go on after its last date; at most 104 more, and two years.

    Raises `NotFound` for strangers, `VersionMismatch` where its rule is not the `expected` one any
    more, and what `series.going_on` and `book` raise.
    """
    locks.provider(series.visible(asked.series, by=by).provider_id)
    standing = series.visible(asked.series, by=by)
    if asked.expected is not None and standing.recurrence != asked.expected:
        raise VersionMismatch
    plan = series.going_on(asked, standing, by=by, lock=True)
    plan = replace(plan, answers=_said_before(standing))
    _check_strangers(plan)
    _made(plan, by=by, via=via)
    return standing


def planned(request: Request, *, by: Caller, lock: bool = False) -> Plan:
    """What `book` would find; without `lock` it waits for nobody. Books nothing.

    Raises `Invalid` (beside `service`, `start`, `customer`, `depends_on`, `recurrence`,
    `on_conflict`, `follow_ups`, and every answer that does not fit), `NotAllowed` and
    `NotAuthenticated`.
    """
    request = _bounded(request)
    if request.recurrence and request.follow_ups:
        raise Invalid(follow_ups=gettext("A series is booked without follow-ups."))
    return _planned(request, _opened(request, by=by, lock=lock))


def _bounded(request: Request) -> Request:
    return replace(request, start=timerange.bounded(request.start, field="start"))


def _opened(request: Request, *, by: Caller, lock: bool) -> Opened:
    return drafting.opened(
        request.service,
        by=by,
        customer=request.customer,
        lock=lock,
        hold=request.hold,
        browser=request.browser,
    )


def _planned(request: Request, opened: Opened) -> Plan:
    answers = questions.answered(opened.service.questions, request.answers)
    return replace(_dated(request, opened), answers=answers)


def _ahead(request: Request, *, by: Caller) -> Plan | None:
    """The plan of a customer's one appointment, made ahead of the locks and verified behind them.

    What was refused by all that stood at one moment waits for nobody. None where it has to be
    planned behind the locks: of a series, a course, and for whoever is new or has no account.
    """
    if not isinstance(by, User) or request.customer or request.recurrence or request.follow_ups:
        return None
    request = _bounded(request)
    seen = _opened(request, by=by, lock=False)
    if seen.customer._state.adding:
        return None
    plan = _planned(request, seen)
    if one.refused_before(plan):
        return plan
    act = events.announce_act()  # what follows is short: others wait for it
    return replace(_verified(plan, request, by=by), act=act)


def _verified(plan: Plan, request: Request, *, by: User) -> Plan:
    seen, opened = plan.opened, drafting.queued(plan.opened, by=by)
    if opened is None:
        return planned(request, by=by, lock=True)
    if opened.service is seen.service and plan.dates[0].refusal is None:
        return one.still(plan, opened)
    return _planned(request, opened)


def _dated(request: Request, opened: Opened) -> Plan:
    if request.recurrence:
        return series.planned(request, opened)
    return courses.planned(request, opened) if request.follow_ups else one.planned(request, opened)


def tried(request: Request, *, by: Caller) -> Plan:
    """The plan that `book` would follow, with what the database has to say against it.

    It is booked for that: whoever calls this takes the transaction back.
    """
    plan = planned(request, by=by, lock=True)
    try:
        _made(plan, by=by, via=Way.UNKNOWN)
    except errors.Refused as refusal:
        return plan.refused(refusal)
    return plan


def _check_strangers(plan: Plan) -> None:
    if plan.opened.uninvited:
        firsts.check(plan.opened.service.provider, now=plan.opened.now)


def _check_answers(plan: Plan, *, by: Caller) -> None:
    """Whoever books for themselves answers what has to be answered.

    A guest who has not shown that the address is theirs is asked as somebody new: otherwise the
    refusal would tell whose address is known here.
    """
    asked = plan.opened.service.questions
    if plan.opened.role == Role.PROVIDER or not asked:
        return
    known = isinstance(by, User) or by.verified
    new = not known or not plan.opened.customer.appointments.exists()
    questions.require(asked, plan.answers, new=new)


def _said_before(standing: Series) -> list[questions.Answered]:
    """What was answered when a series began holds for all that is added to it."""
    first = standing.occurrences.order_by("series_start").first()
    return first.answers if first else []


def _made(plan: Plan, *, by: Caller, via: Way) -> Booked:
    plan.check()
    _use_up(plan)
    new = whom.keep(plan.opened.customer, by=by)
    kept = _kept(plan, plan.rule) if plan.rule else None
    entries = list(_entries(plan, kept))
    mended = mending.mended(entries) if plan.required else []
    actor = by if isinstance(by, User) else None
    ledger.written([*entries, *mended], by=actor, via=via, announced=plan.act)
    if new and plan.opened.role == Role.CUSTOMER:
        joining.by_booking(plan.opened.customer)
    first, *others = [entry.appointment for entry in entries]
    if kept is not None:
        return Booked(first, kept)
    return Booked(first, follow_ups=sorted(others, key=lambda each: (each.start, each.pk)))


def _use_up(plan: Plan) -> None:
    """The hold that the booking comes from is over with it."""
    claim, first = plan.opened.claim, plan.dates[0].wanted
    if plan.claimed or claim.digest:
        mine = Q(owner__in=claim.owners)
        named = Q(digest=claim.digest) & ~Q(owner__startswith="user:")
        held = Hold.objects.filter(service=first.service, start=first.start)
        held.filter(mine | named).delete()


def _entries(plan: Plan, kept: Series | None) -> Iterator[Entry]:
    """The appointments of a plan, each after the one that it depends on."""
    entries: dict[int, Entry] = {}
    for number, each in enumerate(plan.dates):
        if each.start is None:
            continue
        after = None if each.after is None else entries[each.after].appointment
        entry = drafting.drafted(
            plan.opened,
            each.start,
            service=each.wanted.service,
            notes=plan.notes if after is None else "",
            answers=plan.answers if after is None else (),
            depends_on=after or plan.earlier.before(each.start),
        )
        appointment = entry.appointment
        appointment.uninvited = after is None and plan.opened.uninvited
        appointment.needs_attention = after is None and plan.earlier.broken(each.start)
        appointment.series, appointment.series_start = kept, each.original
        entries[number] = entry
        yield entry


def _why(refusal: errors.Refused) -> dict[str, str]:
    """The reason by its code, and in words where those say more."""
    said = {"reason": refusal.code}
    return said | {"detail": refusal.detail} if refusal.code in SAY_MORE else said


def _kept(plan: Plan, rule: Rule) -> Series:
    """The series that the dates belong to: a new one, or one that goes on, with its new rule."""
    skipped = [
        {"start": each.original.isoformat(), **_why(each.refusal)}
        for each in plan.dates
        if each.start is None and each.refusal is not None and each.original is not None
    ]
    if rule.extends is not None:
        rule.extends.recurrence = rule.recurrence
        rule.extends.skipped = [*rule.extends.skipped, *skipped]
        rule.extends.save(update_fields=["recurrence", "skipped"])
        return rule.extends
    service, first = plan.opened.service, plan.dates[0]
    return Series.objects.create(
        provider=service.provider,
        customer=plan.opened.customer,
        booked_as=plan.opened.booked_as,
        service=service,
        recurrence=rule.recurrence,
        zone_name=service.provider.timezone,
        start=first.wanted.start,
        agreed_offset=timerange.offset(first.wanted.start, service.provider.zone),
        skipped=skipped,
        created_at=plan.opened.now,
    )

"""Time off: a provider is away, once or by a rule, and what becomes of the appointments in it."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from openslot.accounts import locks
from openslot.accounts.models import Provider, User
from openslot.appointments.changing import settling
from openslot.appointments.changing.planning import Fate, Intent, Wish
from openslot.appointments.entries import Entry
from openslot.appointments.models import Appointment, Role, Way
from openslot.availability import history
from openslot.availability.models import TimeOff, TimeOffSpan
from openslot.kernel import events, recurrence, timerange
from openslot.kernel.errors import Invalid, NotFound
from openslot.kernel.timerange import Span

LONGEST = timedelta(days=5 * 366)
REASON = 500  # characters


class Clash(NamedTuple):
    """An appointment in a time off: with its own time or, where only that one is, the proposed."""

    appointment: Appointment
    span: Span
    proposed: bool


@transaction.atomic
def take(
    provider: Provider,
    *,
    by: User,
    start: datetime,
    end: datetime,
    reason: str = "",
    recurrence: str = "",
    conflicts: Literal["keep", "cancel"] = "keep",
    via: Way = Way.UNKNOWN,
) -> tuple[TimeOff, list[Appointment]]:
    """Be away from `start` to `end`, and again by the rule, at the same hours of the wall clock.

    Answers with the active appointments in it, or whose proposed time is, by start. They stay, or
    with `conflicts="cancel"` are all cancelled in one act that carries the reason; of one that
    stands elsewhere only the proposal ends. What depends on a cancelled one stays, after another
    one that fits or marked. Raises `Invalid` beside `start`, `end`, `recurrence`,
    `reason` or `conflicts`.
    """
    _check(reason=reason, conflicts=conflicts)
    provider = locks.provider(provider.pk)
    time_off = TimeOff(provider=provider, reason=reason, recurrence=recurrence.strip())
    spans = _spans(provider, start=start, end=end, rule=recurrence)
    _lay(time_off, spans)
    clashing = clashes(_between([provider.pk], spans), spans)
    _meet(time_off, clashing, by=by, conflicts=conflicts, via=via)
    return time_off, [clash.appointment for clash in clashing]


@transaction.atomic
def take_all(provider: Provider, wanted: Sequence[tuple[Span, str]]) -> list[TimeOff]:
    """Be away in each of the spans, for the reason beside it; those that were not off already.

    Appointments in them stay, and the provider is told of those. A time off of the same span
    stands once, however often it is asked for. Raises `Invalid` as `take` does.
    """
    provider = locks.provider(provider.pk)
    there = TimeOffSpan.objects.filter(provider=provider, end__gt=timezone.now())
    known = {Span(*each) for each in there.values_list("start", "end")}
    taken = [
        _once(provider, span, reason) for span, reason in dict(wanted).items() if span not in known
    ]
    TimeOff.objects.bulk_create(taken)
    TimeOffSpan.objects.bulk_create(
        TimeOffSpan(time_off=each, provider=provider, start=each.start, end=each.end)
        for each in taken
    )
    met = conflicts_of(taken)
    for each in taken:
        _announce(each)
        _tell(each, met[each.pk])
    return taken


def _once(provider: Provider, wanted: Span, reason: str) -> TimeOff:
    """One of a single span, not kept yet. Raises `Invalid`."""
    _check(reason=reason, conflicts="keep")
    [span] = _spans(provider, start=wanted.start, end=wanted.end, rule="")
    return TimeOff(provider=provider, reason=reason, start=span.start, end=span.end)


@transaction.atomic
def change(
    provider: Provider,
    *,
    id: UUID,  # noqa: A002
    by: User,
    start: datetime | None = None,
    end: datetime | None = None,
    reason: str | None = None,
    recurrence: str | None = None,
    conflicts: Literal["keep", "cancel"] = "keep",
    via: Way = Way.UNKNOWN,
) -> tuple[TimeOff, list[Appointment]]:
    """Be away at another time, by another rule or for another reason; None: as it was.

    Answers as `take` does; what it met before is told nobody again. Days that are over count as
    they stood. Raises `NotFound`, and `Invalid` as `take` does.
    """
    provider = locks.provider(provider.pk)
    time_off = TimeOff.objects.filter(provider=provider, pk=id).first()
    if time_off is None:
        raise NotFound
    time_off.reason = time_off.reason if reason is None else reason
    time_off.recurrence = time_off.recurrence if recurrence is None else recurrence.strip()
    _check(reason=time_off.reason, conflicts=conflicts)
    spans = _spans(
        provider,
        start=start or time_off.start,
        end=end or time_off.end,
        rule=time_off.recurrence,
    )
    before = {clash.appointment.pk for clash in conflicts_of([time_off])[time_off.pk]}
    history.keep_time_off(time_off.spans.all())
    time_off.spans.all().delete()
    _lay(time_off, spans)
    clashing = clashes(_between([provider.pk], spans), spans)
    _meet(time_off, clashing, by=by, conflicts=conflicts, via=via, known=before)
    return time_off, [clash.appointment for clash in clashing]


def _check(*, reason: str, conflicts: str) -> None:
    if conflicts not in {"keep", "cancel"}:
        raise Invalid(
            conflicts=gettext("Existing appointments are kept (keep) or cancelled (cancel).")
        )
    if len(reason) > REASON:
        raise Invalid(
            reason=gettext("A reason has at most {reason} characters.").format(reason=REASON)
        )


def _lay(time_off: TimeOff, spans: Sequence[Span]) -> None:
    """Keep it with its occurrences, and let others know."""
    time_off.start, time_off.end = spans[0]
    time_off.save()
    TimeOffSpan.objects.bulk_create(
        TimeOffSpan(time_off=time_off, provider=time_off.provider, start=start, end=end)
        for start, end in spans
    )
    _announce(time_off)


def _meet(
    time_off: TimeOff,
    clashing: Sequence[Clash],
    *,
    by: User,
    conflicts: str,
    via: Way,
    known: Collection[UUID] = (),
) -> None:
    """Cancel the appointments in it, or tell the provider of those not `known` yet."""
    if conflicts != "cancel":
        _tell(time_off, clashing, known=known)
    elif clashing:
        _cancel(clashing, by=by, reason=time_off.reason, via=via)


def _tell(time_off: TimeOff, clashing: Sequence[Clash], *, known: Collection[UUID] = ()) -> None:
    if any(clash.appointment.pk not in known for clash in clashing):
        events.announce("time_off.conflicts", time_off_id=str(time_off.pk))


@transaction.atomic
def give_back(provider: Provider, *, id: UUID, date_of: datetime | None = None) -> None:  # noqa: A002
    """Be there after all: at every occurrence, or at the one that begins at `date_of` alone.

    Raises `NotFound`.
    """
    locks.provider(provider.pk)
    time_off = TimeOff.objects.filter(provider=provider, pk=id).first()
    if time_off is None:
        raise NotFound
    _announce(time_off)
    if date_of is not None:
        _drop_date(time_off, date_of)
    if date_of is None or not time_off.spans.exists():
        history.keep_time_off(time_off.spans.all())
        time_off.delete()


@transaction.atomic
def reschedule(
    provider: Provider,
    *,
    id: UUID,  # noqa: A002
    start: datetime,
    end: datetime,
    date_of: datetime | None = None,
) -> TimeOff:
    """Be away from `start` to `end` instead; appointments in it stay, and the provider is told.

    What it met before is told nobody again. `date_of`: of a recurring time off the occurrence that
    begins then, and no other; it becomes a time off of its own, which is answered. Raises
    `NotFound`, and `Invalid` as `take` does.
    """
    locks.provider(provider.pk)
    time_off = TimeOff.objects.filter(provider=provider, pk=id).first()
    if time_off is None or (date_of is None and time_off.recurrence):
        raise NotFound
    spans = _spans(provider, start=start, end=end, rule="")
    before = {clash.appointment.pk for clash in conflicts_of([time_off])[time_off.pk]}
    if date_of is not None:
        _drop_date(time_off, date_of)
        _announce(time_off)
        time_off = TimeOff(provider=provider, reason=time_off.reason)
    else:
        history.keep_time_off(time_off.spans.all())
        time_off.spans.all().delete()
    _lay(time_off, spans)
    _tell(time_off, clashes(_between([provider.pk], spans), spans), known=before)
    return time_off


def _drop_date(time_off: TimeOff, start: datetime) -> None:
    second = timedelta(seconds=1)
    dropped = time_off.spans.filter(start__gte=start, start__lt=start + second)
    if not dropped:
        raise NotFound
    history.keep_time_off(dropped)
    dropped.delete()


def _announce(time_off: TimeOff) -> None:
    """Whoever shows time off elsewhere looks at it again."""
    provider = str(time_off.provider_id)
    events.announce("time_off.changed", time_off_id=str(time_off.pk), provider_id=provider)


def conflicts_of(time_offs: Iterable[TimeOff]) -> dict[UUID, list[Clash]]:
    """The active appointments in each time off, by its id and in order; two queries for all."""
    spans: defaultdict[UUID, list[Span]] = defaultdict(list)
    places: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for time_off in time_offs:
        places[time_off.provider_id].append(time_off.pk)
    ids = [pk for pks in places.values() for pk in pks]
    for pk, start, end in TimeOffSpan.objects.filter(time_off__in=ids).values_list(
        "time_off_id", "start", "end"
    ):
        spans[pk].append(Span(start, end))
    booked: defaultdict[UUID, list[Appointment]] = defaultdict(list)
    for appointment in _between(places, [span for each in spans.values() for span in each]):
        booked[appointment.provider_id].append(appointment)
    return {
        pk: clashes(booked[provider_id], spans[pk])
        for provider_id, pks in places.items()
        for pk in pks
    }


def foreseen(
    provider: Provider, *, start: datetime, end: datetime, recurrence: str = ""
) -> list[Clash]:
    """The active appointments that such a time off would meet, by start; nothing is taken yet.

    Raises `Invalid` as `take` does.
    """
    spans = _spans(provider, start=start, end=end, rule=recurrence)
    return clashes(_between([provider.pk], spans), spans)


def clashes(appointments: Iterable[Appointment], spans: Iterable[Span]) -> list[Clash]:
    """Those of the appointments that lie in one of the spans, or whose proposed time does."""
    away = timerange.merged(spans)
    clashing = []
    for appointment in appointments:
        if _meets(away, appointment.span):
            clashing.append(Clash(appointment, appointment.span, proposed=False))
        elif appointment.proposed is not None and _meets(away, appointment.proposed):
            clashing.append(Clash(appointment, appointment.proposed, proposed=True))
    return clashing


def _between(providers: Iterable[UUID], spans: Sequence[Span]) -> Iterable[Appointment]:
    if not spans:
        return []
    whole = Span(min(span.start for span in spans), max(span.end for span in spans))
    booked = Appointment.objects.active().filter(provider__in=list(providers)).touching(whole)
    return booked.with_people().order_by("start", "id")


def _meets(away: Sequence[Span], span: Span) -> bool:
    """Whether a span overlaps one of these, which are in order and apart."""
    place = bisect_right(away, span.start, key=lambda each: each.end)
    return place < len(away) and away[place].overlaps(span)


def _cancel(clashing: Sequence[Clash], *, by: User, reason: str, via: Way) -> None:
    """Cancel them, or end their proposals, in one act; what depends on them is kept."""
    locks.users([clash.appointment.customer.user_id for clash in clashing])
    now = timezone.now()
    wishes = [_ended(clash, now=now) for clash in clashing]
    intent = Intent("", [wish.entry for wish in wishes], wishes, "keep")
    settling.settle(intent, by=by, reason=reason, via=via)


def _ended(clash: Clash, *, now: datetime) -> Wish:
    entry = Entry.of(clash.appointment, role=Role.PROVIDER, now=now)
    if not clash.proposed:
        entry.require("cancel")
        return Wish(entry, Fate.ENDS)
    own = clash.appointment.proposed_by == Role.PROVIDER
    entry.require("withdraw" if own else "decline_proposal")
    return Wish(entry, Fate.DROPPED)


def _spans(provider: Provider, *, start: datetime, end: datetime, rule: str) -> list[Span]:
    """Every occurrence, as long as the first one by the provider's clock on the wall."""
    first = Span(timerange.bounded(start, field="start"), timerange.bounded(end, field="end"))
    if first.end <= first.start:
        raise Invalid(end=gettext("The end has to come after the start."))
    if first.end - first.start > LONGEST:
        raise Invalid(end=gettext("Time off lasts at most five years."))
    if not rule.strip():
        return [first]
    zone = provider.zone
    dates = recurrence.parse(rule, start=first.start, zone=zone)
    begins, ends = (moment.astimezone(zone) for moment in first)
    nights = ends.date() - begins.date()
    spans = [first]
    for day, again in zip(dates.days[1:], dates.starts[1:], strict=True):
        until = timerange.instant(day + nights, ends.time(), zone)
        if until > timerange.LATEST:
            raise Invalid(recurrence=gettext("The rule goes beyond the year 2199."))
        if again < until:  # a change of clocks may leave nothing of it
            spans.append(Span(again, until))
    return spans

"""New times: of one appointment, of several of a series, and of what depends on them.

All of one call is judged together, as it would stand afterwards, and written in one statement:
siblings may take one another's places, and either everything moves or nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from openslot.accounts.models import Confirmation, User
from openslot.appointments import changes, errors, ledger
from openslot.appointments.booking import mending, prerequisites
from openslot.appointments.changing import dependents, scopes
from openslot.appointments.free import fitting, slots
from openslot.appointments.free.fitting import Side
from openslot.appointments.free.slots import Place
from openslot.appointments.ledger import Entry
from openslot.appointments.models import Appointment, Role, Status, Way
from openslot.kernel import timerange
from openslot.kernel.errors import Invalid


class Target(NamedTuple):
    """An appointment and its new start, to be had at once or proposed to the other side."""

    entry: Entry
    start: datetime
    proposes: bool = False

    @property
    def appointment(self) -> Appointment:
        return self.entry.appointment

    @property
    def place(self) -> Place:
        return slots.place_of(self.appointment, self.start)

    @property
    def kept(self) -> Place | None:
        """What it goes on holding besides."""
        here = self.appointment
        return slots.place_of(here, here.start) if self.proposes else None


def proposes(entry: Entry, *, wanted: bool) -> bool:
    """Whether the other side has to agree to a new time of it."""
    if entry.role == Role.PROVIDER:
        return wanted
    manual = entry.appointment.provider.confirmation == Confirmation.MANUAL
    return manual and entry.appointment.status == Status.CONFIRMED


def targets(found: Sequence[Entry], start: datetime, *, propose: bool) -> list[Target]:
    """Where each of a series goes when the first of them begins at `start`.

    By the same number of days, and to the same change of the wall clock in the provider's zone.
    Those that stay where they are, with nothing open, are left out.
    """
    named = found[0].appointment
    zone = named.provider.zone
    change = timerange.wall_time_between(named.start, start, zone)
    made = []
    for entry in found:
        begins = start
        if entry is not found[0]:
            begins = timerange.on_the_wall(entry.appointment.start, change, zone)
            begins = timerange.bounded(begins, field="start")
        target = Target(entry, begins, proposes(entry, wanted=propose))
        if begins != entry.appointment.start or (
            entry.appointment.proposed is not None and not target.proposes
        ):
            made.append(target)
    return made


def carried_out(
    wanted: Sequence[Target],
    *,
    by: User,
    choice: str | None,
    several: bool = False,
    strict: bool = True,
    via: Way = Way.UNKNOWN,
) -> None:
    """Move them, propose what has to be proposed, and do to dependents what the caller chose.

    Not `strict` (a proposal was accepted): overlaps alone count, for both sides. Raises the error
    of the one that cannot move, or `SeriesConflict` with `conflicts` by the new starts;
    `HasDependents`, `Invalid` and `NotAllowed` as `dependents` does.
    """
    like = wanted[0].entry
    dependents.check_choice(choice, role=like.role)
    places = {each.appointment.pk: (each.appointment, each.start) for each in wanted}
    broken = dependents.broken(places).broken
    if broken and choice is None:
        refusal = dependents.refused(broken)
        refusal.along = {each.pk: start for each, start in _follow(broken, wanted)}
        raise refusal
    at_once = {each.appointment.pk: each for each in wanted if not each.proposes}
    hit = dependents.broken({pk: places[pk] for pk in at_once}, keep=choice == "keep")
    moved, others = [*wanted], list[Entry]()
    if choice == "cancel" and hit.broken:
        others = dependents.cancelled(hit.broken, like=like)
    elif choice == "shift":
        moved += _along(hit.broken, list(at_once.values()), like=like, ask=strict)
    gone = [entry.appointment.pk for entry in others]
    _check(moved, own=len(wanted), gone=gone, several=several, strict=strict)
    for each in moved:
        _apply(each, choice=choice)
    placed = [each for each in moved if not each.proposes]
    _attend(placed)
    others += mending.relinked(hit.instead, like=like)
    if choice in {"keep", "shift"}:
        others += _left(hit.broken, at_once, moved, like=like)
    if placed:
        written = [*gone, *(entry.appointment.pk for entry in others)]
        others += mending.mended(
            [each.entry for each in placed],
            but=[*written, *(each.appointment.pk for each in moved)],
        )
    ledger.written([*(each.entry for each in moved), *others], by=by, via=via)


def _left(
    hit: Sequence[Appointment],
    at_once: Mapping[UUID, Target],
    moved: Sequence[Target],
    *,
    like: Entry,
) -> list[Entry]:
    """What is left where it was, though what it depends on moves: marked, or after another one."""
    placed = {each.appointment.pk for each in moved if not each.proposes}
    held_back = {each.appointment.pk: each for each in moved if each.proposes}
    stay = [each for each in hit if each.pk not in placed and each.depends_on_id in at_once]
    for each in stay:
        if each.pk in held_back:
            held_back[each.pk].appointment.needs_attention = True
    stay = [each for each in stay if each.pk not in held_back]
    instead = mending.fitting(stay, [each.appointment for each in at_once.values()])
    fine = {each.pk for each, _ in instead}
    stay = [each for each in stay if each.pk not in fine]
    return [*mending.relinked(instead, like=like), *dependents.marked(stay, like=like)]


def remember(named: Appointment, start: datetime) -> None:
    """That the later part of its series was moved: an extension goes on there."""
    series = named.series
    if series is None:
        return
    series.shift += timerange.wall_time_between(named.start, start, named.provider.zone)
    series.save(update_fields=["shift"])


def _along(
    hit: Sequence[Appointment], moved: Sequence[Target], *, like: Entry, ask: bool
) -> list[Target]:
    """The dependents, as far along the wall clock as what they depend on."""
    found = []
    for each, begins in _follow(hit, moved):
        entry = ledger.entry_of(each, like=like)
        start = timerange.bounded(begins, field="start")
        found.append(Target(entry, start, ask and proposes(entry, wanted=False)))
    return found


def _follow(
    hit: Sequence[Appointment], moved: Sequence[Target]
) -> Iterator[tuple[Appointment, datetime]]:
    """Where dependents go when they move along, what they depend on first."""
    if not hit:
        return
    zone = hit[0].provider.zone
    moves = {
        each.appointment.pk: timerange.wall_time_between(each.appointment.start, each.start, zone)
        for each in moved
    }
    left = list(hit)
    while left:
        for each in [one for one in left if one.depends_on_id in moves]:
            if each.depends_on_id is None:
                continue
            moves[each.pk] = moves[each.depends_on_id]
            yield each, timerange.on_the_wall(each.start, moves[each.pk], zone)
        left = [each for each in left if each.pk not in moves]


def _check(
    moved: Sequence[Target], *, own: int, gone: Sequence[UUID], several: bool, strict: bool
) -> None:
    """Whether all of them can be had together; the first `own` are those that were asked for."""
    entry = moved[0].entry
    side = Side(
        entry.role if strict else Role.PROVIDER, entry.appointment.customer.user_id, entry.now
    )
    for target in moved[own:]:
        target.entry.require("reschedule")
        changes.check_notice(target.entry)
    verdicts = fitting.placed(
        [each.place for each in moved],
        side=side,
        ignoring=[*gone, *(each.appointment.pk for each in moved)],
        kept=[each.kept for each in moved],
    )
    why = [verdict.refusal for verdict in verdicts]
    if strict and entry.role == Role.CUSTOMER:
        firsts = _firsts(moved)
        why = [
            refusal
            or (
                prerequisites.missing(each.appointment.service)
                if firsts.get(each.appointment.pk, each) is None
                else None
            )
            for refusal, each in zip(why, moved, strict=True)
        ]
    mine = [
        (each, refusal) for each, refusal in zip(moved[:own], why[:own], strict=True) if refusal
    ]
    if mine and not several:
        raise mine[0][1]
    if mine:
        found = [errors.conflict(each.start, refusal) for each, refusal in mine]
        raise errors.SeriesConflict(conflicts=sorted(found, key=lambda one: str(one["start"])))
    stuck = {
        each.appointment.pk: refusal
        for each, refusal in zip(moved[own:], why[own:], strict=True)
        if refusal
    }
    if stuck:
        refused = dependents.refused([each.appointment for each in moved[own:]], stuck)
        refused.along = {each.appointment.pk: each.start for each in moved[own:]}
        raise refused


def _firsts(moved: Sequence[Target]) -> dict[UUID, Appointment | None]:
    """What those with a prerequisite depend on where they go, by their ids; None: nothing fits.

    As before where that fits, else the customer's latest other one.
    """
    going = {each.appointment.pk: each for each in moved}
    wanted = {
        each.appointment.depends_on_id
        for each in moved
        if each.appointment.depends_on_id is not None
    }
    known = {each.pk: each for each in Appointment.objects.filter(pk__in=wanted)} if wanted else {}
    found: dict[UUID, Appointment | None] = {}
    for each in moved:
        service, first = each.appointment.service, None
        if each.appointment.depends_on_id is not None:
            first = known.get(each.appointment.depends_on_id)
        if first is None or service.requires_id != first.service_id:
            continue
        begins = going[first.pk].start if first.pk in going else first.start
        right = first.status in prerequisites.COUNTS and prerequisites.fits(
            service, ends=begins + first.duration, start=each.start
        )
        found[each.appointment.pk] = first if right else None
    lost = [each for each in moved if found.get(each.appointment.pk, each) is None]
    others = prerequisites.others([each.appointment for each in lost])
    places = {pk: each.place.span for pk, each in going.items()}
    for each in lost:
        here = each.appointment
        found[here.pk] = prerequisites.latest(others[here.pk], here.service, each.start, places)
    return found


def _apply(target: Target, *, choice: str | None) -> None:
    entry = target.entry
    if target.proposes:
        entry.require("propose")
        changes.propose(entry, target.start, dependents=choice)
        return
    if not entry.action:
        entry.require("reschedule")
    changes.place(entry, target.start)


def _attend(moved: Sequence[Target]) -> None:
    """Link them to what they depend on now; where nothing fits, they need attention."""
    firsts = _firsts(moved)
    for each in moved:
        here = each.appointment
        here.needs_attention = here.pk in firsts and firsts[here.pk] is None
        if firsts.get(here.pk) is not None:
            here.depends_on = firsts[here.pk]


def check_proposal(entry: Entry, *, wanted: bool) -> None:
    """Raises `Invalid` where a customer proposes what would be granted anyway."""
    automatic = entry.appointment.provider.confirmation == Confirmation.AUTOMATIC
    if entry.role == Role.CUSTOMER and wanted and automatic:
        raise Invalid(propose="This provider needs no proposal: the move is made at once.")


@transaction.atomic
def reschedule(
    appointment_id: UUID,
    *,
    by: User,
    start: datetime,
    propose: bool = False,
    expected: int | None = None,
    scope: str = "this",
    dependents: str | None = None,
    via: Way = Way.UNKNOWN,
) -> Appointment:
    """Move it to `start`, at once or as a proposal that holds both times until answered.

    At once: by the provider (unless `propose`), by the customer of a provider who confirms
    automatically, and while it is pending. Its siblings in scope move by the same number of days
    and the same change of the wall clock. Raises what `book` raises, `TooLate` inside the notice,
    and `Invalid` where a customer proposes what would be granted anyway.
    """
    start = timerange.bounded(start, field="start")
    entry = ledger.opened(appointment_id, by=by, expected=expected)
    entry.require("reschedule")
    check_proposal(entry, wanted=propose)
    found = scopes.entries(entry, scope)
    wanted = targets(found, start, propose=propose)
    starts = {each.appointment.pk: each.start for each in wanted}
    scopes.each(found, lambda each: changes.check_open(each, "reschedule"), starts=starts)
    if not wanted:
        return entry.appointment
    several = scope != "this" and entry.appointment.series_id is not None
    if several and not all(each.proposes for each in wanted):
        remember(entry.appointment, start)
    carried_out(wanted, by=by, choice=dependents, several=several, via=via)
    return entry.appointment

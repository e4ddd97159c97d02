"""Whether places can be had, any number at once: one set of rules for bookings, series and moves.

Customers are bound by everything that `placing` says, providers by overlaps alone; no customer
books two places at once. What the database is asked does not grow with the number of places.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from openslot.accounts.models import Customer
from openslot.appointments import errors
from openslot.appointments.free import overlaps, placing
from openslot.appointments.free.holding import NOBODYS, Claim
from openslot.appointments.free.overlaps import Frame, Taken
from openslot.appointments.free.placing import Place, Prospect
from openslot.appointments.models import Role
from openslot.kernel import timerange
from openslot.kernel.timerange import Span

Rule = Callable[[Place], errors.Refused | None]


class Side(NamedTuple):
    """Who asks, whose own time is looked at, and when."""

    role: Role
    attendee: UUID | None
    now: datetime
    claim: Claim = NOBODYS

    @classmethod
    def of(cls, role: Role, customer: Customer, now: datetime) -> Side:
        """Customers are told where else they are; a provider asks about nobody's own time."""
        return cls(role, customer.user_id if role == Role.CUSTOMER else None, now)


class Placed(NamedTuple):
    """Where a wanted place went: to its own start, to another one (shifted), or nowhere."""

    wanted: Place
    start: datetime | None
    refusal: errors.Refused | None  # what stands against the wanted start


def free(_place: Place) -> None:
    """No rule at all."""


def placed(
    places: Sequence[Place],
    *,
    side: Side,
    ignoring: Collection[UUID] = (),
    kept: Sequence[Place | None] = (),
    shift: bool = False,
    rule: Rule = free,
) -> list[Placed]:
    """Place one after the other; what was placed is in the way of those after it.

    All are of one provider. The time of the appointments in `ignoring` counts as free, except what
    `kept` (beside `places`) says that each goes on holding: in the others' way, not in its own.
    With `shift` one that cannot be had goes to the nearest free start on its date. `rule` is one
    more rule for each.
    """
    if not places:
        return []
    frames = [
        Frame(_frame(place, whole_day=shift), place.service.pk, place.start) for place in places
    ]
    provider = places[0].provider.pk
    taken = overlaps.around(
        frames,
        provider=provider,
        attendee=side.attendee,
        now=side.now,
        claim=side.claim,
        ignoring=ignoring,
    )
    prospects: Sequence[Prospect] = ()
    if side.role == Role.CUSTOMER:
        prospects = placing.prospects(
            places, now=side.now, ignoring=ignoring, whole_days=shift, claim=side.claim
        )
    board = _Board(side, rule, taken, prospects, kept)
    return [board.put(index, place, shift=shift) for index, place in enumerate(places)]


@dataclass
class _Board:
    side: Side
    rule: Rule
    taken: Sequence[Taken]
    prospects: Sequence[Prospect]
    kept: Sequence[Place | None]
    put_down: list[Place] = field(default_factory=list)

    def put(self, index: int, wanted: Place, *, shift: bool) -> Placed:
        refusal = self.refusal(index, wanted)
        got = [wanted] if refusal is None else []
        if refusal is not None and shift:
            others = (wanted._replace(start=start) for start in self.others(index, wanted))
            got = [other for other in others if self.refusal(index, other) is None][:1]
        self.put_down += got
        return Placed(wanted, got[0].start if got else None, refusal)

    def refusal(self, index: int, place: Place) -> errors.Refused | None:
        """What stands against a place."""
        if self.prospects:
            prospect = self.prospects[index]._replace(place=place)
            refusal = prospect.refusal(beside=self.put_down)
            if refusal is not None:
                return refusal
        stay = [other for n, other in enumerate(self.kept) if other is not None and n != index]
        held = [*self.taken[index].held, *(other.held for other in (*self.put_down, *stay))]
        if any(place.held.overlaps(span) for span in held):
            return errors.SlotTaken()
        refusal = self.rule(place)
        if refusal is None and any(place.span.overlaps(span) for span in self.taken[index].own):
            return errors.CustomerBusy()
        return refusal

    def others(self, index: int, wanted: Place) -> list[datetime]:
        """The other starts of the date, the nearest first."""
        if self.prospects:
            starts = self.prospects[index].starts()
        else:
            starts = _around(wanted, now=self.side.now)
        return sorted(starts, key=lambda start: (abs(start - wanted.start), start))


def _around(wanted: Place, *, now: datetime) -> list[datetime]:
    """The starts of a date that lie whole steps from the wanted one: a provider has no grid."""
    step = timedelta(minutes=wanted.provider.slot_step_minutes)
    day = _day(wanted)
    first = wanted.start - (wanted.start - day.start) // step * step
    count = -((first - day.end) // step)
    starts = (first + n * step for n in range(count))
    return [start for start in starts if now <= start < day.end]


def _frame(place: Place, *, whole_day: bool) -> Span:
    if not whole_day:
        return place.held
    day = _day(place)
    return Span(day.start - place.before, day.end + place.length + place.after)


def _day(place: Place) -> Span:
    zone = place.provider.zone
    return timerange.day_span(place.start.astimezone(zone).date(), zone)

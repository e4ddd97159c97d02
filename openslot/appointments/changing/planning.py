"""What becomes of each appointment when some of them get a new time or end: the plan of it.

Pure: made of what was read before (`surroundings`), without a database. It says what would be
done; whether that may be is the judge's (`judging`), and doing it the writer's (`settling`).

Whoever ends or reschedules a prerequisite says what becomes of its dependents: `cancel` and
`shift` carry on through chains, `keep` leaves them where they are. One that is left goes after
another appointment of the customer that serves as well; where there is none it is marked for
attention, until one that fits is booked or comes there. All of a plan is of one provider.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import NamedTuple
from uuid import UUID

from openslot.appointments import moves
from openslot.appointments.booking import prerequisites
from openslot.appointments.entries import Entry
from openslot.appointments.models import Appointment, Status
from openslot.kernel import timerange
from openslot.kernel.timerange import Span


class Fate(StrEnum):
    """What becomes of an appointment; exactly one for each in a plan."""

    STAYS = "stays as it is"
    RESCHEDULED = "goes to"
    PROPOSED = "is proposed for"
    ENDS = "ends"
    DROPPED = "loses its proposed time"
    CANCELLED = "is cancelled with what it depends on"
    MARKED = "stays without what has to come first"
    RELINKED = "stays"  # after another one
    UNDECIDED = "waits for a word; it could go to"


class Wish(NamedTuple):
    """What is asked of one appointment: a new start, at once or as a proposal, or an end."""

    entry: Entry
    fate: Fate
    start: datetime | None = None

    @property
    def appointment(self) -> Appointment:
        return self.entry.appointment


@dataclass(frozen=True)
class Intent:
    """All that one call asks for, whole. `entries` are all that are meant, the named one first.

    `action` is asked of each of them ("": it was asked already); not each of them need get a wish.
    `dependents` is what the caller said of them, `ends_as` the status of what ends. `several`:
    what stands against it is told as the conflicts of a series. `agreed`: the other side has said
    yes already, so that overlaps alone count.
    """

    action: str
    entries: Sequence[Entry]
    wishes: Sequence[Wish]
    dependents: str | None = None
    ends_as: Status = Status.CANCELLED
    several: bool = False
    agreed: bool = False

    @property
    def named(self) -> Entry:
        return self.entries[0]


class Surroundings(NamedTuple):
    """What was read of everything around, behind the locks.

    `hanging` depends on what is asked for, and on those; `firsts` are what any of them may depend
    on; `waiting` were marked before, of the same customers.
    """

    hanging: Sequence[Entry] = ()
    firsts: Sequence[Appointment] = ()
    waiting: Sequence[Entry] = ()


@dataclass(frozen=True)
class Planned:
    """An appointment and its fate. `first` and `attention` are None where they stay as they are.

    `missing`: nothing that has to come first fits where it is to go.
    """

    entry: Entry
    fate: Fate
    start: datetime | None = None
    first: Appointment | None = None
    attention: bool | None = None
    asked: bool = False
    missing: bool = False

    @property
    def appointment(self) -> Appointment:
        return self.entry.appointment

    def __str__(self) -> str:
        where = f" {self.start:%Y-%m-%d %H:%M}Z" if self.start else ""
        after = f", after {self.first}" if self.first else ""
        marked = ", needs attention" if self.attention else ""
        return f"{self.appointment} {self.fate}{where}{after}{marked}"


@dataclass(frozen=True)
class Plan:
    """Every appointment concerned, once: those asked for, their dependents, those mended."""

    intent: Intent
    items: Sequence[Planned]

    def of(self, *fates: Fate) -> list[Planned]:
        return [item for item in self.items if item.fate in fates]

    @property
    def going(self) -> list[Planned]:
        """Those that need another place, at once or once it is accepted."""
        return self.of(Fate.RESCHEDULED, Fate.PROPOSED)

    @property
    def written(self) -> list[Planned]:
        return [item for item in self.items if item.fate not in {Fate.STAYS, Fate.UNDECIDED}]

    def __str__(self) -> str:
        said, role = self.intent.dependents or "nothing", self.intent.named.role.value
        head = f"{self.intent.action or 'end'} by the {role}, who says {said} of dependents"
        return "\n".join([head, *(f"  {item}" for item in self.items)])


def planned(intent: Intent, around: Surroundings) -> Plan:
    """The plan: the same for the same, in whatever order things were read.

    Raises `Invalid` where a dependent would go beyond the years that there are.
    """
    wishes = sorted(intent.wishes, key=lambda wish: _place(wish.entry, first=intent.named))
    items = {
        wish.appointment.pk: Planned(wish.entry, wish.fate, wish.start, asked=True)
        for wish in wishes
    }
    roots = {wish.appointment.pk: wish for wish in wishes if _concerns_others(wish, intent)}
    for item in _Chain(intent, roots, around).items():
        asked = items.get(item.appointment.pk)  # its proposal ends in the same act
        linked = asked and replace(asked, first=item.first, attention=item.attention)
        items[item.appointment.pk] = linked or item
    items |= _linked(items, around.firsts)
    items |= _mended(items, around.waiting)
    return Plan(intent, list(items.values()))


def _place(entry: Entry, *, first: Entry) -> tuple[bool, datetime, UUID]:
    return entry is not first, entry.appointment.start, entry.appointment.pk


def _concerns_others(wish: Wish, intent: Intent) -> bool:
    """Whether dependents are looked at: those of a proposal once it is accepted.

    Where nothing is said of dependents, they are asked about before it is made.
    """
    at_once = {Fate.RESCHEDULED, Fate.ENDS}
    return wish.fate in at_once or (wish.fate == Fate.PROPOSED and intent.dependents is None)


def _places(going: Iterable[Wish | Planned]) -> dict[UUID, Span]:
    """Where those with a new start will stand, by their ids."""
    return {
        each.appointment.pk: Span(each.start, each.start + each.appointment.duration)
        for each in going
        if each.start is not None
    }


class _Chain:
    """What hangs on the roots, what they depend on before them; what becomes of each."""

    def __init__(self, intent: Intent, roots: Mapping[UUID, Wish], around: Surroundings) -> None:
        self.intent, self.roots, self.places = intent, roots, _places(roots.values())
        self.hanging = _in_order(around.hanging)
        self.others = [each for each in around.firsts if each.pk not in roots]
        self.lost: set[UUID] = set()
        self.along: dict[UUID, timedelta] = {}
        for pk, place in self.places.items():
            here = roots[pk].appointment
            along = timerange.wall_time_between(here.start, place.start, here.provider.zone)
            self.along[pk] = along

    def items(self) -> list[Planned]:
        return [self._item(entry) for entry in self.hanging]

    def _item(self, entry: Entry) -> Planned:
        """One that keeps what has to come first stays; of others the caller's word decides.

        What hangs on one that loses it goes the same way.
        """
        here, link = entry.appointment, entry.appointment.depends_on_id
        direct = link in self.roots
        if link not in self.lost and (not direct or self._serves(link, here)):
            return Planned(entry, Fate.STAYS)
        keep = self.intent.dependents == "keep"
        other = _latest(here, self.others) if keep and direct else None
        if other is not None:
            return _relinked(entry, other)
        self.lost.add(here.pk)
        return self._by_word(entry)

    def _serves(self, first: UUID | None, here: Appointment) -> bool:
        """Whether one that is asked for still comes before it, where it stands afterwards."""
        place = self.places.get(first) if first else None
        return place is not None and prerequisites.fits(
            here.service, ends=place.end, start=here.start
        )

    def _by_word(self, entry: Entry) -> Planned:
        """What the caller's word makes of one that loses what has to come first."""
        fates: dict[str | None, Callable[[Entry], Planned]] = {
            None: lambda each: Planned(each, Fate.UNDECIDED, self._start_along(each)),
            "cancel": partial(Planned, fate=Fate.CANCELLED),
            "shift": self._shifted,
            "keep": self._left,
        }
        return fates.get(self.intent.dependents, partial(Planned, fate=Fate.STAYS))(entry)

    def _start_along(self, entry: Entry) -> datetime | None:
        """Where it goes along to: as far by the clock on the wall as what it depends on."""
        here, link = entry.appointment, entry.appointment.depends_on_id
        if link is None or link not in self.along:
            return None
        self.along[here.pk] = self.along[link]
        return timerange.on_the_wall(here.start, self.along[link], here.provider.zone)

    def _shifted(self, entry: Entry) -> Planned:
        """One that goes along; held back by a proposal, it lacks what it needs until then."""
        start = self._start_along(entry)
        if start is None:
            return Planned(entry, Fate.STAYS)
        start = timerange.bounded(start, field="start")
        if not self.intent.agreed and moves.is_proposed(entry.appointment, role=entry.role):
            lacks = True if entry.appointment.depends_on_id in self.roots else None
            return Planned(entry, Fate.PROPOSED, start, attention=lacks)
        return Planned(entry, Fate.RESCHEDULED, start)

    def _left(self, entry: Entry) -> Planned:
        """One that is kept where it is: after a sibling that serves where that goes, or marked."""
        if entry.appointment.depends_on_id not in self.roots:
            return Planned(entry, Fate.STAYS)  # it goes on hanging on one that is left
        siblings = [self.roots[pk].appointment for pk in self.places]
        first = prerequisites.first_of(entry.appointment, siblings, places=self.places)
        if first is not None:
            return _relinked(entry, first)
        if entry.appointment.needs_attention:
            return Planned(entry, Fate.STAYS)
        return Planned(entry, Fate.MARKED, attention=True)


def _in_order(hanging: Sequence[Entry]) -> list[Entry]:
    """What others depend on before those; beside one another by start."""
    known = {entry.appointment.pk: entry.appointment for entry in hanging}

    def place(entry: Entry) -> tuple[int, datetime, UUID]:
        depth, link = 0, entry.appointment.depends_on_id
        while link in known and depth <= len(known):
            depth, link = depth + 1, known[link].depends_on_id
        return depth, entry.appointment.start, entry.appointment.pk

    return sorted(hanging, key=place)


def _relinked(entry: Entry, first: Appointment) -> Planned:
    return Planned(entry, Fate.RELINKED, first=first, attention=False)


def _linked(items: Mapping[UUID, Planned], firsts: Sequence[Appointment]) -> dict[UUID, Planned]:
    """What goes somewhere, each with what it depends on there.

    What goes at once is linked to what stands there afterwards. Whether something is missing is
    asked of how all will stand once every proposal is accepted.
    """
    going = [item for item in items.values() if item.fate in {Fate.RESCHEDULED, Fate.PROPOSED}]
    placed = [item for item in going if item.fate == Fate.RESCHEDULED]
    then = _links(going, firsts)
    now = then if len(placed) == len(going) else _links(placed, firsts)

    def linked(item: Planned) -> Planned:
        pk = item.appointment.pk
        lacks, missing = (pk in links and links[pk] is None for links in (now, then))
        if item.fate == Fate.PROPOSED:
            return replace(item, missing=missing)
        return replace(item, missing=missing, first=now.get(pk), attention=lacks)

    return {item.appointment.pk: linked(item) for item in going}


def _links(
    going: Sequence[Planned], firsts: Sequence[Appointment]
) -> dict[UUID, Appointment | None]:
    """What those that need another one first depend on where they go, by id; None: nothing fits.

    As before where that fits, else the customer's latest other one.
    """
    places = _places(going)
    known = {each.pk: each for each in firsts}
    links: dict[UUID, Appointment | None] = {}
    for here in (item.appointment for item in going):
        before = known.get(here.depends_on_id) if here.depends_on_id else None
        if before is not None and before.service_id == here.service.requires_id:
            latest = partial(_latest, here, start=places[here.pk].start, places=places)
            links[here.pk] = latest([before]) or latest(firsts)
    return links


def _latest(
    here: Appointment,
    firsts: Sequence[Appointment],
    *,
    start: datetime | None = None,
    places: Mapping[UUID, Span] | None = None,
) -> Appointment | None:
    counting = [each for each in firsts if each.status in prerequisites.COUNTS]
    return prerequisites.first_of(here, counting, start=start, places=places)


def _mended(items: Mapping[UUID, Planned], waiting: Sequence[Entry]) -> dict[UUID, Planned]:
    """What was marked before, and fits after one that goes somewhere at once."""
    placed = [item for item in items.values() if item.fate == Fate.RESCHEDULED]
    siblings, places = [item.appointment for item in placed], _places(placed)
    written = {pk for pk, item in items.items() if item.fate != Fate.STAYS}
    mended = {}
    for entry in _in_order([each for each in waiting if each.appointment.pk not in written]):
        first = prerequisites.first_of(entry.appointment, siblings, places=places)
        if first is not None:
            mended[entry.appointment.pk] = _relinked(entry, first)
    return mended

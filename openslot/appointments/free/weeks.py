"""A provider's calendar in pieces of seven days, each kept in memory as long as it is true.

What a piece says follows from the provider's revision alone: the database draws another one in
every transaction that writes anything by which the piece was made. So an answer costs one
statement that reads revisions, and what only time changes (notice, window) is cut when answering.
Nothing is shared between processes, and nobody has to be told of anything (docs/adr/0026).
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from threading import Lock
from typing import NamedTuple
from uuid import UUID

from cachetools import LRUCache

from openslot.accounts.models import Provider
from openslot.appointments.free import free_time
from openslot.appointments.free.grid import Week, Wish
from openslot.appointments.free.times import MICROSECOND, micros, moment
from openslot.availability import hours
from openslot.availability.hours import Hours
from openslot.kernel import timerange
from openslot.kernel.rows.composed import prepared
from openslot.kernel.timerange import Span

LENGTH = timedelta(days=7) // MICROSECOND
LONGEST = timedelta(days=1)  # of an appointment: it may run that far into the next piece
MOST_NUMBERS = 4_000_000  # that all pieces in memory hold together, eight bytes each


class Piece(NamedTuple):
    """Of whose calendar, for which buffers and lengths up to `reach`, for which starts."""

    provider: UUID
    before: timedelta
    after: timedelta
    opens: int  # microseconds of the epoch
    closes: int
    reach: timedelta = LONGEST

    @property
    def frame(self) -> Span:
        """What has to be known for every start in it."""
        return Span(moment(self.opens), moment(self.closes) + self.reach)


class Memory:
    """Weeks with the revision at which they are true. Bounded; the least asked for go first."""

    def __init__(self, size: int) -> None:
        self._kept: LRUCache[Piece, tuple[UUID, Week]] = LRUCache(size, getsizeof=_numbers)
        self._lock = Lock()

    def get(self, piece: Piece, revision: UUID | None) -> Week | None:
        with self._lock:
            known = self._kept.get(piece)
        return known[1] if known is not None and known[0] == revision else None

    def keep(self, piece: Piece, revision: UUID, week: Week) -> None:
        with self._lock:
            self._kept[piece] = revision, week

    def forget(self) -> None:
        """Start anew, as a process that was just started."""
        with self._lock:
            self._kept.clear()


def _numbers(known: tuple[UUID, Week]) -> int:
    week, overhead = known[1], 100
    counts = [week.hours, *(week.left[:3] if week.left else ())]
    return overhead + sum(len(numbers) for numbers in counts)


memory = Memory(MOST_NUMBERS)


@dataclass
class Reader:
    """Answers for these providers inside `within`, as the database stands from the first answer on.

    The time of the appointments in `ignoring` counts as free; with `explain` what takes time comes
    along. Neither is kept. One statement for any number of answers from memory (none with
    `as_read`: the providers were read just now, or behind their lock); one for the hours once and
    one for each answer that memory has not. With `narrow` no more than the answer is read then, and
    none of it kept: what is about to be written to is not worth more.
    """

    providers: Iterable[Provider]
    within: Span
    ignoring: Collection[UUID] = ()
    explain: bool = False
    as_read: bool = False
    narrow: bool = False
    _by_id: Mapping[UUID, Provider] = field(init=False)
    _mixed: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self._by_id = {provider.pk: provider for provider in self.providers}

    def weeks(self, wishes: Sequence[Wish]) -> list[list[Week]]:
        """The weeks in which each wish may start, by the wishes' order and in time's."""
        known: dict[Piece, Week] = {}
        missing: dict[Piece, None] = {}
        wanted = [self._wanted(wish, known) for wish in wishes]
        for pieces in wanted:
            missing |= {piece: None for piece in pieces if piece not in known}
        known |= self._read(list(missing))
        return [[known[piece] for piece in pieces] for pieces in wanted]

    def _wanted(self, wish: Wish, known: dict[Piece, Week]) -> list[Piece]:
        """The pieces that have the wish's starts; what memory has of them is known then."""
        pieces = list(_pieces(wish))
        remembered = {piece: self._remembered(piece) for piece in pieces}
        known |= {piece: week for piece, week in remembered.items() if week is not None}
        if self.narrow and None in remembered.values():
            return [_narrow(wish)]
        return pieces

    @property
    def settled(self) -> bool:
        """Whether all that was answered is of one moment, the providers as they were given, too."""
        stood = {pk: provider.revision for pk, provider in self._by_id.items()}
        return self._mixed is False and stood == self._revisions

    def _remembered(self, piece: Piece) -> Week | None:
        if self.ignoring or self.explain:
            return None
        return memory.get(piece, self._revisions.get(piece.provider))

    def _read(self, pieces: Sequence[Piece]) -> dict[Piece, Week]:
        spans = [self._open(piece) for piece in pieces]
        candidates = [
            self._candidate(piece, known) for piece, known in zip(pieces, spans, strict=True)
        ]
        found = free_time.find(candidates, ignoring=self.ignoring, explain=self.explain)
        weeks = {}
        for index, piece in enumerate(pieces):
            bounds = array("q", [micros(bound) for span in spans[index] for bound in span])
            week = Week(piece.opens, piece.closes, bounds, found.get(index))
            weeks[piece] = week
            self._keep(piece, week)
        return weeks

    def _keep(self, piece: Piece, week: Week) -> None:
        """Where nothing was written since the provider was read: neither before nor after."""
        if week.left is None:
            return
        revision = week.left.revision
        if revision != self._by_id[piece.provider].revision:
            self._mixed = True
        elif not (self.ignoring or self.explain or self.narrow):
            memory.keep(piece, revision, week)

    def _candidate(self, piece: Piece, spans: Sequence[Span]) -> free_time.Candidate:
        provider, zone = self._by_id[piece.provider], self._by_id[piece.provider].zone
        counted = None
        if provider.daily_limit is not None:
            first, last = (
                moment(bound).astimezone(zone).date() for bound in (piece.opens, piece.closes)
            )
            counted = Span(
                timerange.day_span(first, zone).start, timerange.day_span(last, zone).end
            )
        return free_time.Candidate(provider, piece.before, piece.after, spans, piece.frame, counted)

    def _open(self, piece: Piece) -> list[Span]:
        zone, frame = self._by_id[piece.provider].zone, piece.frame
        week, special = self._hours[piece.provider]
        first, last = hours.dates_around(frame, zone)
        spans = hours.open_spans(week, special, zone=zone, first=first, last=last)
        return [span for span in spans if span.overlaps(frame)]

    @cached_property
    def _revisions(self) -> Mapping[UUID, UUID]:
        """As they stand now. One statement."""
        if self.as_read:
            return {pk: provider.revision for pk, provider in self._by_id.items()}
        with prepared() as cursor:
            cursor.execute(
                "SELECT id, revision FROM accounts_provider WHERE id = ANY(%s)", [[*self._by_id]]
            )
            return dict(cursor.fetchall())

    @cached_property
    def _hours(self) -> Mapping[UUID, Hours]:
        week = timedelta(microseconds=LENGTH)
        wide = Span(self.within.start - week, self.within.end + week)
        return hours.loaded(
            self._by_id.values(),
            first=wide.start.date() - 2 * LONGEST,
            last=wide.end.date() + 2 * LONGEST,
        )


def _pieces(wish: Wish) -> Iterator[Piece]:
    first = micros(wish.starts.start) // LENGTH
    last = (micros(wish.starts.end) - 1) // LENGTH
    for number in range(first, last + 1):
        begins = number * LENGTH
        yield Piece(wish.provider.pk, wish.before, wish.after, begins, begins + LENGTH)


def _narrow(wish: Wish) -> Piece:
    begins, ends = (micros(bound) for bound in wish.starts)
    return Piece(wish.provider.pk, wish.before, wish.after, begins, ends, wish.length)

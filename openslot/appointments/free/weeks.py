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
from django.db import connection

from openslot.accounts.models import Provider
from openslot.appointments.free import free_time
from openslot.appointments.free.free_time import MICROSECOND, micros, moment
from openslot.appointments.free.grid import Week, Wish
from openslot.availability import hours
from openslot.availability.hours import Hours
from openslot.kernel import timerange
from openslot.kernel.timerange import Span

LENGTH = timedelta(days=7) // MICROSECOND
LONGEST = timedelta(days=1)  # of an appointment: it may run that far into the next piece
MOST_NUMBERS = 4_000_000  # that all pieces in memory hold together, eight bytes each


class Piece(NamedTuple):
    """Whose week, by its number from the epoch on, with which buffers."""

    provider: UUID
    before: timedelta
    after: timedelta
    number: int

    @property
    def span(self) -> Span:
        return Span(moment(self.number * LENGTH), moment((self.number + 1) * LENGTH))


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
    along. Neither is kept. One statement for any number of answers from memory; one for the hours
    once and one for each answer that memory has not.
    """

    providers: Iterable[Provider]
    within: Span
    ignoring: Collection[UUID] = ()
    explain: bool = False
    _by_id: Mapping[UUID, Provider] = field(init=False)
    _mixed: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self._by_id = {provider.pk: provider for provider in self.providers}

    def weeks(self, wishes: Sequence[Wish]) -> list[list[Week]]:
        """The weeks in which each wish may start, by the wishes' order and in time's."""
        wanted = [list(_pieces(wish)) for wish in wishes]
        known: dict[Piece, Week] = {}
        missing: dict[Piece, None] = {}
        for piece in (each for pieces in wanted for each in pieces):
            week = self._remembered(piece)
            if week is None:
                missing[piece] = None
            else:
                known[piece] = week
        known |= self._read(list(missing))
        return [[known[piece] for piece in pieces] for pieces in wanted]

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
            begins, ends = piece.span
            opens = array("q", [micros(bound) for span in spans[index] for bound in span])
            week = Week(micros(begins), micros(ends), opens, found.get(index))
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
        elif not self.ignoring and not self.explain:
            memory.keep(piece, revision, week)

    def _candidate(self, piece: Piece, spans: Sequence[Span]) -> free_time.Candidate:
        provider, zone = self._by_id[piece.provider], self._by_id[piece.provider].zone
        counted = None
        if provider.daily_limit is not None:
            first, last = (bound.astimezone(zone).date() for bound in piece.span)
            counted = Span(
                timerange.day_span(first, zone).start, timerange.day_span(last, zone).end
            )
        return free_time.Candidate(
            provider, piece.before, piece.after, spans, _frame(piece), counted
        )

    def _open(self, piece: Piece) -> list[Span]:
        zone, frame = self._by_id[piece.provider].zone, _frame(piece)
        week, special = self._hours[piece.provider]
        first, last = hours.dates_around(frame, zone)
        spans = hours.open_spans(week, special, zone=zone, first=first, last=last)
        return [span for span in spans if span.overlaps(frame)]

    @cached_property
    def _revisions(self) -> Mapping[UUID, UUID]:
        """As they stand now. One statement."""
        with connection.cursor() as cursor:
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
        yield Piece(wish.provider.pk, wish.before, wish.after, number)


def _frame(piece: Piece) -> Span:
    """What has to be known for every start in the piece."""
    begins, ends = piece.span
    return Span(begins, ends + LONGEST)

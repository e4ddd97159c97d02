"""Asks PostgreSQL what is left of hours: the Python side of free_time.sql, and nothing else.

Instants travel as whole numbers, microseconds of the epoch: exact, and quick to search.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from openslot.accounts.models import Provider
from openslot.appointments.free.holding import Held
from openslot.appointments.free.times import EPOCH
from openslot.kernel.rows.composed import prepared
from openslot.kernel.timerange import Span

WRITTEN = Path(__file__).with_suffix(".sql").read_text()
# Without what only people read: of more than 4,096 letters psycopg reads the places each time.
STATEMENT = " ".join(
    word for line in WRITTEN.splitlines() if not line.startswith("--") for word in line.split()
).replace("( ", "(")
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


class Candidate(NamedTuple):
    """Whose time, inside which frame, for an appointment with these buffers."""

    provider: Provider
    before: timedelta
    after: timedelta
    hours: Sequence[Span]
    frame: Span  # from the first start that matters to the last end
    counted: Span | None  # the days whose appointments count against a limit


class FreeTime(NamedTuple):
    """What is left, as bounds in microseconds: start, end, start, end …

    `willing` is the same before appointments are subtracted, `counted` the starts of the
    appointments that count against a limit, `revision` the provider's at that moment, `obstacles`
    what takes time around the frame (empty unless asked for): `{kind, start, end, appointment}`, in
    microseconds too. `holds` are not subtracted: whom they keep out, and whether they are over,
    is seen when answering.
    """

    free: Sequence[int]
    willing: Sequence[int]
    counted: Sequence[int]
    revision: UUID
    holds: Sequence[Held] = ()
    obstacles: Sequence[Mapping[str, Any]] = ()


def find(
    candidates: Sequence[Candidate], *, ignoring: Collection[UUID] = (), explain: bool = False
) -> dict[int, FreeTime]:
    """The free time of each candidate, by its index; one statement, however many there are.

    Right inside each frame only. Without an entry: nobody to book with (inactive).
    The time of the appointments in `ignoring` counts as free.
    """
    if not candidates:
        return {}
    asked = {"ignoring": list(ignoring), "explain": explain}
    with prepared() as cursor:
        cursor.execute(STATEMENT, _parameters(candidates) | asked)
        return {
            key: FreeTime(
                array("q", free),
                array("q", willing),
                array("q", counted),
                revision,
                [_held(each) for each in json.loads(holds)],
                json.loads(obstacles),
            )
            for key, free, willing, counted, revision, holds, obstacles in cursor.fetchall()
        }


def _held(row: Any) -> Held:
    (opens, closes, start, end, expires), service, (digest, owner) = row
    return Held(opens, closes, start, end, expires, UUID(service), digest, owner)


def _parameters(candidates: Sequence[Candidate]) -> dict[str, Any]:
    numbered = list(enumerate(candidates))
    hours = [(key, span) for key, candidate in numbered for span in candidate.hours]
    counted = [candidate.counted for candidate in candidates]
    return {
        "hours_keys": [key for key, _ in hours],
        "opens": [_seconds(span.start) for _, span in hours],
        "closes": [_seconds(span.end) for _, span in hours],
        "keys": [key for key, _ in numbered],
        "providers": [candidate.provider.pk for candidate in candidates],
        "before": [candidate.before // MINUTE for candidate in candidates],
        "after": [candidate.after // MINUTE for candidate in candidates],
        "first": [_seconds(candidate.frame.start) for candidate in candidates],
        "last": [_seconds(candidate.frame.end) + 1 for candidate in candidates],
        "counted_from": [span and _seconds(span.start) for span in counted],
        "counted_until": [span and _seconds(span.end) for span in counted],
    }


def _seconds(moment: datetime) -> int:
    return (moment - EPOCH) // SECOND

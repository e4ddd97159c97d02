"""What is already taken around any number of places: the Python side of overlaps.sql."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from openslot.appointments.free.holding import NOBODYS, Claim
from openslot.kernel.timerange import Span

STATEMENT = Path(__file__).with_suffix(".sql").read_text()


class Frame(NamedTuple):
    """Where to look, for which service, wanted when."""

    span: Span
    service: UUID
    wanted: datetime


class Taken(NamedTuple):
    """The spans that a provider's appointments hold, and those of the customer's own time."""

    held: list[Span]
    own: list[Span]


def around(
    frames: Sequence[Frame],
    *,
    provider: UUID,
    attendee: UUID | None,
    now: datetime,
    claim: Claim = NOBODYS,
    ignoring: Collection[UUID] = (),
) -> list[Taken]:
    """What is taken in each frame; one statement, however many there are.

    The time of the appointments in `ignoring` counts as free, and that of a hold that is claimed
    where it is wanted.
    """
    taken = [Taken([], []) for _ in frames]
    if not frames:
        return taken
    asked: dict[str, Any] = {
        "keys": list(range(len(frames))),
        "starts": [frame.span.start for frame in frames],
        "ends": [frame.span.end for frame in frames],
        "services": [frame.service for frame in frames],
        "wanted": [frame.wanted for frame in frames],
        "now": now,
        "digest": claim.digest,
        "owners": list(claim.owners),
        "provider": provider,
        "attendee": attendee,
        "ignoring": list(ignoring),
    }
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, asked)
        for key, of_provider, start, end in cursor.fetchall():
            spans = taken[key].held if of_provider else taken[key].own
            spans.append(Span(start, end))
    return taken

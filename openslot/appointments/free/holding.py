"""Times that somebody is about to book: whom they keep out, and until when. No database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from openslot.appointments.free.times import micros


class Held(NamedTuple):
    """A hold as free_time.sql answers it, in microseconds: what it takes, and its appointment."""

    opens: int
    closes: int
    start: int
    end: int
    expires: int
    service: UUID
    digest: str
    owner: str


class Claim(NamedTuple):
    """What a caller says is theirs: the digest of a hold's id, and who they are themselves.

    With `replaces` what they hold counts for nothing: they choose anew, and the next hold is
    instead of it.
    """

    digest: str = ""
    owners: tuple[str, ...] = ()
    replaces: bool = False

    def covers(self, held: Held) -> bool:
        """An account's hold is that account's; any other's whoever knows its id."""
        if held.owner in self.owners:
            return True
        return held.digest == self.digest and not held.owner.startswith("user:")


NOBODYS = Claim()


def digest(id: str) -> str:  # noqa: A002
    return hashlib.sha256(id.encode()).hexdigest()


def standing(holds: Iterable[Held], *, now: datetime, claim: Claim) -> list[Held]:
    """The live ones, without those that the caller is about to replace."""
    return [held for held in live(holds, now) if not (claim.replaces and claim.covers(held))]


def browsers(secret: str) -> str:
    """A browser as the owner of a hold."""
    return f"browser:{digest(secret)}"


def live(holds: Iterable[Held], now: datetime) -> list[Held]:
    """Those that are not over."""
    moment = micros(now)
    return [held for held in holds if held.expires > moment]


def against(
    holds: Iterable[Held], *, now: datetime, claim: Claim, service: UUID, start: int
) -> list[Held]:
    """Those that keep this caller from the service at that start: a hold counts for its own."""
    return [held for held in live(holds, now) if not _own(held, claim, service, start)]


def claimed(
    holds: Iterable[Held], *, now: datetime, claim: Claim, service: UUID, start: int
) -> bool:
    """Whether the caller holds the service at that start."""
    return any(_own(held, claim, service, start) for held in live(holds, now))


def _own(held: Held, claim: Claim, service: UUID, start: int) -> bool:
    return (held.service, held.start) == (service, start) and claim.covers(held)


def left(bounds: Sequence[int], holds: Sequence[Held], *, before: int, after: int) -> Sequence[int]:
    """What holds leave of free time, for an appointment with these buffers (start, end, …)."""
    for held in holds:
        bounds = _without(bounds, held.opens - after, held.closes + before)
    return bounds


def _without(bounds: Sequence[int], opens: int, closes: int) -> list[int]:
    kept: list[int] = []
    for start, end in zip(bounds[::2], bounds[1::2], strict=True):
        for piece in ((start, min(end, opens)), (max(start, closes), end)):
            if piece[0] < piece[1]:
                kept += piece
    return kept

"""How often is too often: one count for a person, by whichever door they come.

The rates stand in settings/api.py (`RATE_LIMITS=off` leaves every one of them empty). What matters
is counted in the shared table, call by call; what no person reaches (`broad`) by each process for
itself, a counter for each stretch of time, so that counting costs next to nothing.
"""

from __future__ import annotations

import math
import time
from typing import NamedTuple

from django.conf import settings
from django.core.cache import caches

from openslot.kernel.errors import TooOften

BROAD = "broad"
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Rate(NamedTuple):
    """So many in so many seconds."""

    most: int
    seconds: int


def rate(name: str) -> Rate | None:
    """What settings allow, as "120/min"; None: as many as they like."""
    said = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"][name]
    if said is None:
        return None
    most, _, period = said.partition("/")
    return Rate(int(most), SECONDS[period[0]])


def count(name: str, who: object) -> None:
    """One more of that name by a person (or a network). Raises `TooOften` beyond its rate."""
    allowed = rate(name)
    if allowed is None:
        return
    key = f"limit_{name}_{who}"
    (_roughly if name == BROAD else _exactly)(key, allowed)


def is_reached(name: str, who: object) -> bool:
    """Whether one more of that name would be too often; nothing is counted by asking."""
    allowed = rate(name)
    if allowed is None:
        return False
    return len(_latest(f"limit_{name}_{who}", allowed, time.time())) >= allowed.most


def _exactly(key: str, allowed: Rate) -> None:
    now = time.time()
    latest = _latest(key, allowed, now)
    if len(latest) >= allowed.most:
        raise TooOften(after=latest[-allowed.most] + allowed.seconds - now)
    caches["default"].set(key, [*latest, now], allowed.seconds)


def _latest(key: str, allowed: Rate, now: float) -> list[float]:
    """When the calls were made that count at the moment."""
    known: list[float] = caches["default"].get(key, [])
    return [at for at in known if at > now - allowed.seconds]


def _roughly(key: str, allowed: Rate) -> None:
    now, kept = time.time(), caches["local"]
    key = f"{key}_{int(now // allowed.seconds)}"
    kept.add(key, 0, allowed.seconds)
    try:
        calls = kept.incr(key)
    except ValueError:  # fell out of a full cache
        return
    if calls > allowed.most:
        raise TooOften(after=math.ceil(allowed.seconds - now % allowed.seconds))

"""What a rehearsal comes to, read from its history alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from tests.histories.calls import NEVER, UNKNOWN, Call, History

READS = {"free", "look", "agenda"}
BOOKINGS = {"book", "series"}
LOST = ("acknowledged, and lost", "a lost act")
DOUBLED = ("nobody asked for it", "booked twice", "two at the same time", "done twice")


class Span(NamedTuple):
    """A fault, from its beginning until everything was whole again."""

    name: str
    begun: float
    ended: float


def longest_gap(moments: Iterable[float], span: Span) -> float:
    """Seconds between two moments that follow one another; some of them lie in the span."""
    gaps = [
        later - earlier
        for earlier, later in pairwise(sorted(moments))
        if later >= span.begun and earlier <= span.ended
    ]
    return max(gaps, default=span.ended - span.begun)


def answered(calls: Iterable[Call]) -> list[float]:
    return [call.ended for call in calls if call.ended != NEVER and call.code != "server_error"]


def written(calls: Iterable[Call]) -> list[float]:
    """When something was acknowledged that changes what stands."""
    return [call.ended for call in calls if call.done and call.verb not in READS]


def table(history: History, spans: Sequence[Span]) -> str:
    """A line for each fault: how long it took, and how long nobody was served."""
    lines = ["| Fault | Lasted, s | Calls | Without an answer, s | Without a change, s |"]
    lines.append("|---|---|---|---|---|")
    for span in spans:
        calls = sum(span.begun <= call.begun <= span.ended for call in history.calls)
        gaps = (longest_gap(of(history.calls), span) for of in (answered, written))
        cells = [f"{span.ended - span.begun:.0f}", str(calls), *(f"{gap:.1f}" for gap in gaps)]
        lines.append(f"| {span.name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def rates(history: History, span: Span) -> str:
    """What was answered within a second, and what of it were changes."""
    within = (
        sum(span.begun <= moment <= span.ended for moment in of(history.calls))
        for of in (answered, written)
    )
    calls, changes = (count / (span.ended - span.begun) for count in within)
    return f"{calls:.1f} answers a second, {changes:.1f} of them to changes that were made"


def totals(history: History, faults: Sequence[str], jobs: int) -> dict[str, int]:
    """What is asked for is 0: all but the first four."""
    calls = history.calls
    return {
        "calls": len(calls),
        "acknowledged bookings": sum(c.done and c.verb in BOOKINGS for c in calls),
        "sent again": sum(call.sends - 1 for call in calls),
        "never answered": Counter(call.outcome for call in calls)[UNKNOWN],
        "lost": sum(fault.startswith(LOST) for fault in faults),
        "doubled": sum(fault.startswith(DOUBLED) for fault in faults),
        "other faults": sum(not fault.startswith(LOST + DOUBLED) for fault in faults),
        "jobs left": jobs,
    }

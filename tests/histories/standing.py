"""What stands in a database: appointments, the acts that made them so, time off, and what waits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

Span = tuple[float, float]
ACTIVE = ("pending", "confirmed")


def overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


@dataclass
class Appointment:
    """As it stands in its row. Times are seconds, buffers too."""

    id: str
    provider: str
    user: str  # whose own time it takes; "" for a guest
    customer: str  # the account of its customer
    start: float
    end: float
    before: float
    after: float
    status: str
    proposed: Span | None = None
    notes: str = ""

    def widened(self, span: Span) -> Span:
        return span[0] - self.before, span[1] + self.after

    @property
    def held(self) -> list[Span]:
        """What it takes of its provider's time."""
        if self.status not in ACTIVE:
            return []
        spans = [(self.start, self.end), self.proposed]
        return [self.widened(span) for span in spans if span]


@dataclass
class Move:
    appointment: str
    action: str
    origin: str
    target: str
    changes: dict[str, Any] = field(default_factory=dict)


@dataclass
class Act:
    """One call's moves; `at` is the moment that it went by."""

    id: str
    order: int  # of its first move: they are numbered behind the provider's lock
    at: float
    role: str
    via: str
    actor: str
    reason: str
    moves: list[Move] = field(default_factory=list)

    def __str__(self) -> str:
        told = ", ".join(f"{each.action} {each.appointment[:8]}" for each in self.moves[:3])
        return f"act {self.order} ({told}, at {self.at:.3f} by {self.role} via {self.via})"


@dataclass
class Away:
    """A time off."""

    id: str
    provider: str
    start: float
    end: float
    reason: str

    @property
    def span(self) -> Span:
        return self.start, self.end


@dataclass
class Standing:
    appointments: dict[str, Appointment] = field(default_factory=dict)
    acts: list[Act] = field(default_factory=list)
    away: list[Away] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)  # acts of which a job has yet to tell
    told: list[str] = field(default_factory=list)  # acts of which the provider was told
    failed: list[str] = field(default_factory=list)  # jobs that were given up

    def plain(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_plain(cls, said: dict[str, Any]) -> Standing:
        booked = {pk: Appointment(**row) for pk, row in said.pop("appointments").items()}
        acts = [
            Act(**row | {"moves": [Move(**move) for move in row["moves"]]})
            for row in said.pop("acts")
        ]
        away = [Away(**row) for row in said.pop("away")]
        return cls(booked, acts, away, **said)


APPOINTMENTS = """
    SELECT a.id::text, a.provider_id::text, coalesce(a.attendee_id::text, ''),
        coalesce(c.user_id::text, ''), extract(epoch FROM a.start)::float8,
        extract(epoch FROM a."end")::float8, a.buffer_before_minutes * 60.0::float8,
        a.buffer_after_minutes * 60.0::float8, a.status,
        extract(epoch FROM a.proposed_start)::float8, extract(epoch FROM a.proposed_end)::float8,
        a.notes
    FROM appointments_appointment a JOIN accounts_customer c ON c.id = a.customer_id
"""
MOVES = """
    SELECT m.act_id::text, m.id, extract(epoch FROM act.at)::float8, act.role, act.via,
        coalesce(act.actor_id::text, ''), act.reason,
        m.appointment_id::text, m.action, m.from_status, m.to_status, m.changes::text
    FROM appointments_move m JOIN appointments_act act ON act.id = m.act_id ORDER BY m.id
"""
AWAY = """
    SELECT id::text, provider_id::text, extract(epoch FROM start)::float8,
        extract(epoch FROM "end")::float8, reason
    FROM availability_timeoff
"""
WAITING = """
    SELECT DISTINCT args->>'act_id' FROM procrastinate_jobs
    WHERE args ? 'act_id' AND status IN ('todo', 'doing')
"""
TOLD = """
    SELECT DISTINCT act_id::text FROM notifications_delivery
    WHERE act_id IS NOT NULL AND role = 'provider'
"""
# Those of the clock come again by themselves.
FAILED = """
    SELECT id::text || ' ' || task_name FROM procrastinate_jobs
    WHERE status = 'failed' AND NOT args ? 'timestamp'
"""

Rows = Callable[[str], Iterable[tuple[Any, ...]]]


def read(rows: Rows, parsed: Callable[[str], Any]) -> Standing:
    """All of it, by a function that answers a statement with its rows."""
    booked = (_appointment(*row) for row in rows(APPOINTMENTS))
    return Standing(
        {each.id: each for each in booked},
        _acts(rows(MOVES), parsed),
        [Away(*row) for row in rows(AWAY)],
        *([row[0] for row in rows(statement)] for statement in (WAITING, TOLD, FAILED)),
    )


def _appointment(*row: Any) -> Appointment:
    *first, starts, ends, notes = row
    *first, status = first
    return Appointment(*first, status, (starts, ends) if starts is not None else None, notes)


def _acts(rows: Iterable[tuple[Any, ...]], parsed: Callable[[str], Any]) -> list[Act]:
    acts: dict[str, Act] = {}
    for pk, order, *about, appointment, action, origin, target, changes in rows:
        act = acts.setdefault(pk, Act(pk, order, *about))
        act.moves.append(Move(appointment, action, origin, target, parsed(changes)))
    return list(acts.values())

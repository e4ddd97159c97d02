"""What a move says of an appointment, before and after: the one reader and writer of its JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from openslot.appointments.models import Appointment
from openslot.kernel.timerange import Span

Value = TypeVar("Value")


class Place(NamedTuple):
    """Where one takes place: the kind, and the address, link or number."""

    kind: str
    text: str


@dataclass(frozen=True)
class Snapshot:
    """An appointment as it stood at a moment, as far as history speaks of it."""

    status: str
    start: datetime
    end: datetime
    proposed: Span | None
    needs_attention: bool
    depends_on: UUID | None
    place: Place | None

    @classmethod
    def of(cls, appointment: Appointment) -> Snapshot:
        return cls(
            status=appointment.status,
            start=appointment.start,
            end=appointment.end,
            proposed=appointment.proposed,
            needs_attention=appointment.needs_attention,
            depends_on=appointment.depends_on_id,
            place=Place(appointment.location_kind, appointment.location_text),
        )


class Change(NamedTuple, Generic[Value]):
    """What stood there, and what stands there now; None: nothing."""

    before: Value | None
    after: Value | None


@dataclass(frozen=True)
class Changes:
    """What a move changed: None where it left things as they were.

    `notes` are said to have changed, not how: history outlives an erasure. A `place` is said where
    it became another one, until it is forgotten (`ledger.forget_places`).
    """

    status: Change[str] | None = None
    start: Change[datetime] | None = None
    end: Change[datetime] | None = None
    proposed: Change[Span] | None = None
    needs_attention: Change[bool] | None = None
    depends_on: Change[UUID] | None = None
    place: Change[Place] | None = None
    notes: bool = False

    @classmethod
    def between(cls, before: Snapshot | None, after: Snapshot, *, notes: bool = False) -> Changes:
        """`before` is None for an appointment that is new."""
        pairs = {
            each.name: Change(getattr(before, each.name, None), getattr(after, each.name))
            for each in fields(Snapshot)
        }
        changed = {name: pair for name, pair in pairs.items() if pair.before != pair.after}
        if before is None:
            changed.pop("place", None)
        return cls(**changed, notes=notes)

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Changes:
        """Read what `to_json` wrote."""
        pairs = {
            each.name: Change(*(_read(each.name, value) for value in said[each.name]))
            for each in fields(Snapshot)
            if each.name in said
        }
        return cls(**pairs, notes="notes" in said)

    def to_json(self) -> dict[str, Any]:
        """`{field: [before, after]}`, instants in ISO 8601."""
        pairs = {each.name: getattr(self, each.name) for each in fields(Snapshot)}
        said: dict[str, Any] = {
            name: [_plain(value) for value in pair]
            for name, pair in pairs.items()
            if pair is not None
        }
        return said | ({"notes": "changed"} if self.notes else {})


def _plain(value: Any) -> Any:
    if isinstance(value, Span):
        return [moment.isoformat() for moment in value]
    if isinstance(value, Place):
        return list(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _read(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name == "proposed":
        return Span(*map(datetime.fromisoformat, value))
    if name == "place":
        return Place(*value)
    if name in {"start", "end"}:
        return datetime.fromisoformat(value)
    return UUID(value) if name == "depends_on" else value

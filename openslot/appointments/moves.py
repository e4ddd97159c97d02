"""The state machine, as one table: which action leads from where to where, and whose it is.

API, pages, buttons, admin and tests read it; the rooms `booking` and `changing` carry it out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from openslot.accounts.models import Confirmation, Person
from openslot.appointments.models import ACTIVE, Appointment, Role, Status


class Step(NamedTuple):
    origins: frozenset[Status]
    target: Status | None  # None: the status stays
    roles: frozenset[Role]


def step(origins: tuple[Status, ...], target: Status | None, *roles: Role) -> Step:
    return Step(frozenset(origins), target, frozenset(roles))


MOVES: dict[str, Step] = {
    "book": step((), None, Role.PROVIDER, Role.CUSTOMER),
    "edit": step(tuple(Status), None, Role.PROVIDER, Role.CUSTOMER),
    "accept": step((Status.PENDING,), Status.CONFIRMED, Role.PROVIDER),
    "decline": step((Status.PENDING,), Status.DECLINED, Role.PROVIDER),
    "cancel": step(ACTIVE, Status.CANCELLED, Role.PROVIDER, Role.CUSTOMER, Role.OPERATOR),
    "reschedule": step(ACTIVE, None, Role.PROVIDER, Role.CUSTOMER),
    "complete": step((Status.CONFIRMED,), Status.COMPLETED, Role.PROVIDER, Role.SYSTEM),
    "no_show": step((Status.CONFIRMED,), Status.NO_SHOW, Role.PROVIDER),
    "expire": step((Status.PENDING,), Status.EXPIRED, Role.SYSTEM),
}

# While a new time is proposed these take the place of accept and decline; `withdraw` is the
# proposing side's, the others are the other side's, the last one is the clock's.
PROPOSAL_MOVES: dict[str, Step] = {
    "book": step((), None, Role.PROVIDER, Role.CUSTOMER),
    "edit": step(tuple(Status), None, Role.PROVIDER, Role.CUSTOMER),
    "propose": step(ACTIVE, None, Role.PROVIDER, Role.CUSTOMER),
    "accept_proposal": step(ACTIVE, None, Role.PROVIDER, Role.CUSTOMER),
    "decline_proposal": step(ACTIVE, None, Role.PROVIDER, Role.CUSTOMER),
    "withdraw": step(ACTIVE, None, Role.PROVIDER, Role.CUSTOMER),
    "expire_proposal": step(ACTIVE, None, Role.SYSTEM),
}

# What another appointment's move makes of one that depends on it, whoever made that move.
CONSEQUENCES: dict[str, Step] = {
    "mark": step(ACTIVE, None, *Role),
    "relink": step(ACTIVE, None, *Role),
    "relocate": step(ACTIVE, None, Role.PROVIDER),
}

OTHER_SIDE = {Role.CUSTOMER: Role.PROVIDER, Role.PROVIDER: Role.CUSTOMER}


def step_of(action: str) -> Step:
    return (MOVES | PROPOSAL_MOVES | CONSEQUENCES)[action]


def too_late(appointment: Appointment, *, role: Role, now: datetime) -> bool:
    """Whether a customer's change comes inside the notice that the provider asks for."""
    return (
        role == Role.CUSTOMER
        and appointment.status == Status.CONFIRMED
        and now > changeable_until(appointment)
    )


def changeable_until(appointment: Appointment) -> datetime:
    """Until when its customer can move or cancel it, once it is confirmed."""
    return appointment.start - timedelta(hours=appointment.provider.cancellation_notice_hours)


def is_proposed(appointment: Appointment, *, role: Role, wanted: bool = False) -> bool:
    """Whether the other side has to agree to a new time: where a provider has `wanted` to ask,
    and where a customer's is confirmed by hand.
    """
    if role == Role.PROVIDER:
        return wanted
    manual = appointment.provider.confirmation == Confirmation.MANUAL
    return manual and appointment.status == Status.CONFIRMED


def open_to(appointment: Appointment, user: Person, *, now: datetime) -> list[str]:
    """The actions that the user may take right now, as buttons and `allowed_actions` show them."""
    role = appointment.role_of(user)
    return [] if role is None else list(open_as(appointment, role=role, now=now))


def overdue(appointment: Appointment, *, now: datetime) -> bool:
    """Whether its answer, or the answer to its proposal, comes too late to count."""
    due = appointment.proposal_expires_at or appointment.expires_at
    return due is not None and now >= due


def open_as(appointment: Appointment, *, role: Role, now: datetime) -> Iterator[str]:
    """The same for a role."""
    status = Status(appointment.status)
    answerable = not overdue(appointment, now=now)
    if appointment.proposed is not None:
        if appointment.proposed_by == role:
            yield "withdraw"
        elif answerable:
            yield from ("accept", "decline")
    elif role == Role.PROVIDER and status == Status.PENDING and answerable:
        yield from ("accept", "decline")
    for action in ("reschedule", "cancel"):
        if status in MOVES[action].origins and not too_late(appointment, role=role, now=now):
            yield action
    if role == Role.PROVIDER and status == Status.CONFIRMED and now >= appointment.start:
        yield from ("complete", "no_show")

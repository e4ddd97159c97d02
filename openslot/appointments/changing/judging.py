"""Whether what is asked for may be, and what is planned can be had: the one judge of it all.

Who may do what from which status stands in the table of moves; the rest is here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from openslot.appointments import errors, moves
from openslot.appointments.booking import prerequisites
from openslot.appointments.changing.planning import Fate, Intent, Plan, Planned
from openslot.appointments.entries import Entry
from openslot.appointments.free import fitting, placing
from openslot.appointments.free.fitting import Side
from openslot.appointments.models import Role
from openslot.kernel.errors import Invalid, NotAllowed

CHOICES = ("cancel", "shift", "keep")


def check(plan: Plan) -> None:
    """Whether the plan may be carried out, as it would stand afterwards.

    Raises the error of the one that stands in the way, or `SeriesConflict` with `conflicts` by the
    new starts where several are meant; `HasDependents` where nothing is said of dependents, or one
    of them cannot go along; `Invalid` for what is no choice, `NotAllowed` for a customer's `keep`.
    """
    starts = {item.appointment.pk: item.start for item in plan.items if item.asked and item.start}
    allow_each(plan.intent.entries, plan.intent.action, starts=starts)
    if not plan.intent.wishes:
        return
    _check_choice(plan.intent)
    _check_undecided(plan)
    for item in plan.items:
        if not item.asked:
            _check_along(item)
    if plan.going:
        _check_places(plan)


# What each of them asks --------------------------------------------------------------------


def allow(entry: Entry, action: str) -> None:
    """Whether the action is theirs, possible from this status, and not too late or too early."""
    entry.require(action)
    for rule in RULES.get(action, ()):
        rule(entry)


def allow_each(
    entries: Sequence[Entry], action: str, *, starts: Mapping[UUID, datetime] | None = None
) -> None:
    """The same of all. One alone raises its own error, several `SeriesConflict` with all of them.

    The conflicts name the new starts where there are any. An action of "" was asked before.
    """
    if len(entries) == 1 and action:
        allow(entries[0], action)
    elif action:
        _allow_all(entries, action, starts or {})


def _allow_all(entries: Sequence[Entry], action: str, starts: Mapping[UUID, datetime]) -> None:
    conflicts = []
    for entry in entries:
        try:
            allow(entry, action)
        except errors.Refused as refusal:
            start = starts.get(entry.appointment.pk, entry.appointment.start)
            conflicts.append(errors.conflict(start, refusal))
    if conflicts:
        conflicts.sort(key=lambda conflict: str(conflict["start"]))
        raise errors.SeriesConflict(
            gettext("Not every appointment of the series allows this."), conflicts=conflicts
        )


def _check_answers(entry: Entry) -> None:
    """Raises `NotAllowed` to the side that proposed."""
    if entry.appointment.proposed_by == entry.role:
        raise NotAllowed(gettext("The other side answers your proposal; you can withdraw it."))


def _check_in_time(entry: Entry) -> None:
    """Raises `InvalidTransition` where the time to answer has run out."""
    if moves.overdue(entry.appointment, now=entry.now):
        raise entry.impossible(gettext("The time to answer this has run out."))


def _check_notice(entry: Entry) -> None:
    """Raises `TooLate` for a customer inside the provider's notice."""
    if moves.too_late(entry.appointment, role=entry.role, now=entry.now):
        hours = entry.appointment.provider.cancellation_notice_hours
        raise errors.TooLate(
            gettext(
                "This can be changed until {hours} hours before its start. "
                "Call the provider instead."
            ).format(hours=hours)
            if hours
            else None
        )


def _check_begun(entry: Entry) -> None:
    """Raises `TooEarly` before its start."""
    if entry.now < entry.appointment.start:
        raise errors.TooEarly


# Beside the table of moves, by action.
RULES: dict[str, tuple[Callable[[Entry], None], ...]] = {
    "accept": (_check_in_time,),
    "decline": (_check_in_time,),
    "accept_proposal": (_check_answers, _check_in_time),
    "decline_proposal": (_check_answers, _check_in_time),
    "reschedule": (_check_notice,),
    "cancel": (_check_notice,),
    "complete": (_check_begun,),
    "no_show": (_check_begun,),
}


# What becomes of dependents ----------------------------------------------------------------


def _check_choice(intent: Intent) -> None:
    choice = intent.dependents
    if choice is not None and choice not in CHOICES:
        raise Invalid(
            dependents=gettext("Dependents are cancelled (cancel), moved (shift) or kept (keep).")
        )
    offered = intent.agreed and choice == intent.named.appointment.proposal_dependents
    if choice == "keep" and intent.named.role == Role.CUSTOMER and not offered:
        raise NotAllowed(gettext("Only the provider keeps what depends on this."))
    if choice == "shift" and not any(wish.start for wish in intent.wishes):
        raise Invalid(
            dependents=gettext("Where nothing is moved, dependents cannot be moved along.")
        )


def _check_undecided(plan: Plan) -> None:
    waiting = plan.of(Fate.UNDECIDED)
    starts = sorted((item.appointment.start, item.appointment.pk) for item in waiting)
    if starts:
        told = [{"id": pk, "start": start} for start, pk in starts]
        raise _named(waiting, errors.HasDependents(dependents=told))


def _check_along(item: Planned) -> None:
    """Whether a dependent may be cancelled or go along; what is left where it is always may."""
    if item.fate == Fate.CANCELLED:
        allow(item.entry, "cancel")
    elif item.fate in {Fate.RESCHEDULED, Fate.PROPOSED}:
        allow(item.entry, "reschedule")


def _named(items: Sequence[Planned], error: errors.HasDependents) -> errors.HasDependents:
    """The error, with when each would begin if it went along."""
    error.along = {item.appointment.pk: item.start for item in items if item.start}
    return error


# Where they go -----------------------------------------------------------------------------


def _check_places(plan: Plan) -> None:
    """Whether all can be had together: those asked for first, then their dependents."""
    refusals = list(zip(plan.going, _refusals(plan), strict=True))
    asked = [(item, why) for item, why in refusals if item.asked and why]
    if asked and not plan.intent.several:
        raise asked[0][1]
    if asked:
        conflicts = [errors.conflict(item.start, why) for item, why in asked if item.start]
        raise errors.SeriesConflict(
            conflicts=sorted(conflicts, key=lambda conflict: str(conflict["start"]))
        )
    along = [(item, why) for item, why in refusals if not item.asked]
    if any(why for _, why in along):
        raise _stuck(along)


def _refusals(plan: Plan) -> list[errors.Refused | None]:
    intent, named = plan.intent, plan.intent.named
    role = Role.PROVIDER if intent.agreed else named.role
    away = [item.appointment.pk for item in [*plan.of(Fate.CANCELLED), *plan.going]]
    verdicts = fitting.placed(
        [placing.place_of(item.appointment, item.start) for item in plan.going if item.start],
        side=Side.of(named.role, named.appointment.customer, named.now)._replace(role=role),
        ignoring=away,
        kept=[
            placing.place_of(item.appointment, item.appointment.start)
            if item.fate == Fate.PROPOSED
            else None
            for item in plan.going
        ],
    )
    bound = role == Role.CUSTOMER
    return [
        verdict.refusal or (_missing(item) if bound and item.missing else None)
        for verdict, item in zip(verdicts, plan.going, strict=True)
    ]


def _missing(item: Planned) -> errors.Refused:
    return prerequisites.missing(item.appointment.service)


def _stuck(along: Sequence[tuple[Planned, errors.Refused | None]]) -> errors.HasDependents:
    """The error that names the dependents that cannot go along, and why."""
    stuck = [(item.appointment, why) for item, why in along if why]
    told: list[dict[str, Any]] = [
        {"id": each.pk, "start": each.start, "reason": why.code} for each, why in stuck
    ]
    names = ", ".join(f"{each.service} ({why.detail})" for each, why in stuck)
    error = errors.HasDependents(
        gettext("What depends on this cannot move along: {names}").format(names=names),
        dependents=told,
    )
    return _named([item for item, _ in along], error)

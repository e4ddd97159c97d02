"""The one way to a new time or an end, with all that depends on it: plan, check, apply.

Everything of one call is planned together, judged as it would stand afterwards, and written in one
statement: siblings may take one another's places, and either all of it happens or nothing.
"""

from __future__ import annotations

from openslot.accounts.models import Person
from openslot.appointments import changes, ledger
from openslot.appointments.changing import judging, planning, surroundings
from openslot.appointments.changing.planning import Fate, Intent, Plan, Planned
from openslot.appointments.models import Status, Way


def settle(intent: Intent, *, by: Person | None, via: Way, reason: str = "") -> Plan:
    """Do what is asked for, and to dependents what the caller said; the plan that was carried out.

    Where there is nothing to do, nothing is written. Raises what `judging.check` raises, and
    `SlotTaken` or `CustomerBusy` where the database knows better.
    """
    plan = planning.planned(intent, surroundings.around(intent))
    judging.check(plan)
    for item in plan.written:
        _apply(item, intent)
    if plan.written:
        ledger.written([item.entry for item in plan.written], by=by, reason=reason, via=via)
    return plan


def _apply(item: Planned, intent: Intent) -> None:
    """Set it on the appointment. What the judge has allowed already keeps its action."""
    entry = item.entry
    if item.fate == Fate.RESCHEDULED and item.start:
        changes.place(entry, item.start)
    elif item.fate == Fate.PROPOSED and item.start:
        changes.propose(entry, item.start, dependents=intent.dependents)
    elif item.fate == Fate.DROPPED:
        changes.drop_proposal(entry.appointment)
    elif item.fate == Fate.ENDS:
        changes.end(entry, intent.ends_as)
    elif item.fate == Fate.CANCELLED:
        changes.end(entry, Status.CANCELLED)
    elif item.fate == Fate.MARKED:
        changes.mark(entry)
    elif item.fate == Fate.RELINKED and item.first:
        changes.relink(entry, item.first)
    if item.first is not None:
        entry.appointment.depends_on = item.first
    if item.attention is not None:
        entry.appointment.needs_attention = item.attention

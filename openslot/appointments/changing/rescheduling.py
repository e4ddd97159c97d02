"""New times: of one appointment, or of several of a series, at once or as a proposal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from openslot.accounts.models import Confirmation, Person
from openslot.appointments import entries, moves
from openslot.appointments.changing import scopes, settling
from openslot.appointments.changing.planning import Fate, Intent, Wish
from openslot.appointments.entries import Entry
from openslot.appointments.models import Appointment, Role, Way
from openslot.kernel import timerange
from openslot.kernel.errors import Invalid


@transaction.atomic
def reschedule(
    appointment_id: UUID,
    *,
    by: Person,
    start: datetime,
    propose: bool = False,
    expected: int | None = None,
    scope: str = "this",
    dependents: str | None = None,
    via: Way = Way.UNKNOWN,
) -> Appointment:
    """Let it begin at `start`, at once or as a proposal that holds both times until answered.

    At once: by the provider (unless `propose`), by the customer of a provider who confirms
    automatically, and while it is pending. Its siblings in scope go by the same number of days
    and the same change of the wall clock. Raises what `book` raises, `TooLate` inside the notice,
    `Invalid` where a customer proposes what would be granted anyway, and what `judging.check`
    raises about dependents.
    """
    start = timerange.bounded(start, field="start")
    entry = entries.opened(appointment_id, by=by, expected=expected)
    entry.require("reschedule")
    _check_proposal(entry, wanted=propose)
    meant = scopes.entries(entry, scope)
    change = timerange.wall_time_between(
        entry.appointment.start, start, entry.appointment.provider.zone
    )
    wishes = _wishes(meant, start, change, propose=propose)
    several = scope != "this" and entry.appointment.series_id is not None
    intent = Intent("reschedule", meant, wishes, dependents, several=several)
    settling.settle(intent, by=by, via=via)
    if several and any(wish.fate == Fate.RESCHEDULED for wish in wishes):
        _remember(entry.appointment, change)
    return entry.appointment


def accept_proposals(
    answered: Sequence[Entry], *, by: Person, dependents: str | None, via: Way
) -> None:
    """Let them begin when it was proposed, the named one first. The statuses stay.

    Both sides have agreed: overlaps alone count. What is said of dependents now counts more than
    what was said when it was proposed.
    """
    named = answered[0].appointment
    wishes = [
        Wish(each, Fate.RESCHEDULED, each.appointment.proposed.start)
        for each in answered
        if each.appointment.proposed is not None
    ]
    choice, several = dependents or named.proposal_dependents or None, len(wishes) > 1
    begins = named.proposed_start or named.start
    change = timerange.wall_time_between(named.start, begins, named.provider.zone)
    intent = Intent("accept_proposal", answered, wishes, choice, several=several, agreed=True)
    settling.settle(intent, by=by, via=via)
    if several:
        _remember(named, change)


def _wishes(
    meant: Sequence[Entry], start: datetime, change: timedelta, *, propose: bool
) -> list[Wish]:
    """Where each of a series goes when the first of them begins at `start`.

    By the same number of days, and to the same change of the wall clock in the provider's zone.
    Those that stay where they are, with nothing open, are left out.
    """
    wishes = []
    for entry in meant:
        here, begins = entry.appointment, start
        if entry is not meant[0]:
            begins = timerange.on_the_wall(here.start, change, here.provider.zone)
            begins = timerange.bounded(begins, field="start")
        proposed = moves.is_proposed(here, role=entry.role, wanted=propose)
        if begins != here.start or (here.proposed is not None and not proposed):
            wishes.append(Wish(entry, Fate.PROPOSED if proposed else Fate.RESCHEDULED, begins))
    return wishes


def _remember(named: Appointment, change: timedelta) -> None:
    """That the later part of its series was rescheduled: an extension goes on there."""
    series = named.series
    if series is None:
        return
    series.shift += change
    series.save(update_fields=["shift"])


def _check_proposal(entry: Entry, *, wanted: bool) -> None:
    """Raises `Invalid` where a customer proposes what would be granted anyway."""
    automatic = entry.appointment.provider.confirmation == Confirmation.AUTOMATIC
    if entry.role == Role.CUSTOMER and wanted and automatic:
        raise Invalid(propose=gettext("This provider needs no proposal: the move is made at once."))

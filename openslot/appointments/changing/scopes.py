"""How much of a series is meant: this one, it and the following ones by their dates, or all."""

from __future__ import annotations

from django.utils.translation import gettext

from openslot.appointments.entries import Entry
from openslot.appointments.models import Appointment
from openslot.kernel.errors import Invalid

SCOPES = ("this", "following", "all")


def entries(entry: Entry, scope: str) -> list[Entry]:
    """The named one first, then its siblings in scope that have not ended, by start.

    *Following* goes by the dates of the rule, wherever they stand now. Behind the same locks: a
    series has one provider and one customer.
    """
    if scope not in SCOPES:
        raise Invalid(scope=gettext("This one (this), this and following (following), or all."))
    named = entry.appointment
    if scope == "this" or named.series_id is None:
        return [entry]
    siblings = Appointment.objects.active().filter(series=named.series_id, end__gt=entry.now)
    if scope == "following":
        siblings = siblings.filter(series_start__gte=named.series_start)
    others = siblings.exclude(pk=named.pk).with_people().by_start()
    return [entry, *(entry.beside(each) for each in others)]

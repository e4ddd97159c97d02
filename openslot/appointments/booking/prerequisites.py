"""What has to come first: which earlier appointment of the customer a booking depends on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext, ngettext

from openslot.accounts.models import Customer
from openslot.appointments import errors
from openslot.appointments.free.placing import Place
from openslot.appointments.models import ACTIVE, Appointment, Role, Status
from openslot.catalog.models import Service
from openslot.kernel.errors import Invalid
from openslot.kernel.timerange import Span

COUNTS = (*ACTIVE, Status.COMPLETED)


def fits(service: Service, *, ends: datetime, start: datetime) -> bool:
    """Whether a service may start then, after a prerequisite that ends so.

    Counted in calendar days of the provider's zone, both ends included; never before the end.
    """
    zone = service.provider.zone
    days = (start.astimezone(zone).date() - ends.astimezone(zone).date()).days
    low, high = service.requires_min_days or 0, service.requires_max_days or 0
    return start >= ends and low <= days <= high


class Earlier(NamedTuple):
    """The appointments of a customer that may come first, the latest first."""

    service: Service
    found: Sequence[Appointment]
    named: bool
    role: Role

    def before(self, start: datetime) -> Appointment | None:
        """The one that an appointment at `start` depends on."""
        found = latest(self.found, self.service, start)
        if found is not None:
            return found
        # A provider who names one has seen that it does not fit.
        return self.found[0] if self.named and self.found and self.role != Role.CUSTOMER else None

    def broken(self, start: datetime) -> bool:
        """Whether the provider's word stands against the rule there."""
        first = self.before(start)
        return first is not None and not fits(self.service, ends=first.end, start=start)

    def refusal(self, place: Place) -> errors.Refused | None:
        """Customers need one that fits."""
        if self.service.requires is None or self.role != Role.CUSTOMER:
            return None
        return None if self.before(place.start) else missing(self.service)


def first_of(
    dependent: Appointment,
    among: Sequence[Appointment],
    *,
    start: datetime | None = None,
    places: Mapping[UUID, Span] | None = None,
) -> Appointment | None:
    """The latest among these that may come before it, where it stands or at `start`.

    `places` is where some of them will stand, by their ids.
    """
    theirs = dependent.customer_id, dependent.service.requires_id
    mine = [each for each in among if (each.customer_id, each.service_id) == theirs]
    return latest(mine, dependent.service, start or dependent.start, places)


def latest(
    candidates: Sequence[Appointment],
    service: Service,
    start: datetime,
    places: Mapping[UUID, Span] | None = None,
) -> Appointment | None:
    """The latest of the candidates after which the service may start then.

    `places` is where some of them will stand, by their ids.
    """
    ends = {
        each.pk: places[each.pk].end if places and each.pk in places else each.end
        for each in candidates
    }
    fitting = [each for each in candidates if fits(service, ends=ends[each.pk], start=start)]
    return max(fitting, key=lambda each: (ends[each.pk], each.pk), default=None)


def missing(service: Service) -> errors.PrerequisiteMissing:
    low, high = service.requires_min_days, service.requires_max_days
    if low == high:
        said = ngettext(
            "{requires} has to come first, {high} day before.",
            "{requires} has to come first, {high} days before.",
            high or 0,
        )
    else:
        said = gettext("{requires} has to come first, {low} to {high} days before.")
    return errors.PrerequisiteMissing(said.format(requires=service.requires, low=low, high=high))


def earlier(
    service: Service, customer: Customer, *, role: Role, named: UUID | None = None
) -> Earlier:
    """What may come first: the one that is named, or all that the customer has.

    Raises `Invalid` beside `depends_on` where there is none of that name, or nothing needed.
    """
    if service.requires_id is None:
        if named is not None:
            raise Invalid(depends_on=gettext("This service needs no other one first."))
        return Earlier(service, [], named=False, role=role)
    if customer._state.adding:
        candidates = Appointment.objects.none()
    else:
        candidates = Appointment.objects.filter(customer=customer, provider=service.provider_id)
    if named is not None:
        candidates = candidates.filter(pk=named)
        if not candidates.exists():
            raise Invalid(depends_on=gettext("The customer has no such appointment here."))
    candidates = candidates.filter(service=service.requires_id, status__in=COUNTS)
    return Earlier(service, list(candidates.order_by("-end", "-id")), named is not None, role)


def chain(roots: Collection[UUID]) -> list[Appointment]:
    """The active appointments that depend on these, and on those, and so on; by start.

    Only where the service still requires the other. A query for each link of the chain.
    """
    ahead: dict[UUID, Appointment] = {}
    links = list(roots)
    while links:
        hanging = Appointment.objects.active().filter(
            depends_on__in=links, service__requires=F("depends_on__service")
        )
        new = [each for each in hanging.with_people() if each.pk not in {*ahead, *roots}]
        ahead |= {each.pk: each for each in new}
        links = [each.pk for each in new]
    return sorted(ahead.values(), key=lambda each: (each.start, each.pk))

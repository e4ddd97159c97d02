"""What a provider has booked for an account that never booked there: theirs once they accept it.

Until then it stands in nobody's diary, and the provider knows the name that they gave themselves
and nothing more (docs/adr/0024).
"""

from __future__ import annotations

from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import transaction

from openslot.accounts import locks
from openslot.accounts.models import Customer, User
from openslot.appointments.guests import joining
from openslot.appointments.models import Appointment, AppointmentQuerySet
from openslot.kernel.errors import NotFound, VersionMismatch


def open_to(user: User) -> AppointmentQuerySet:
    """The active appointments that wait for the user to say that they are theirs."""
    guests = joining.waiting(user).values("pk")
    return Appointment.objects.active().filter(customer__in=guests)


def owner(guest: Customer) -> User | None:
    """Whose address the guest has, as they have shown; None where nobody is asked."""
    shown = EmailAddress.objects.filter(
        email__iexact=guest.email, verified=True, user__is_active=True
    )
    address = shown.exclude(user=guest.provider.user_id).select_related("user").first()
    return address.user if address and guest.email and guest.user_id is None else None


@transaction.atomic
def accept(appointment_id: UUID, *, by: User, expected: int | None = None) -> Appointment:
    """Take it, and all else that this provider has booked for the same address, as one's own.

    From now on the provider knows the account's name. One that meets another appointment of the
    user joins all the same; who accepts is shown both. Raises `NotFound` where nothing waits for
    the user, `VersionMismatch` where `expected` is not its version.
    """
    provider_id = open_to(by).filter(pk=appointment_id).values_list("provider_id").first()
    if provider_id is None:
        raise NotFound
    locks.providers(provider_id)
    locks.users([by.pk])
    invited = open_to(by).select_related("customer").filter(pk=appointment_id).first()
    if invited is None:
        raise NotFound
    if expected is not None and expected != invited.version:
        raise VersionMismatch
    joining.joined(invited.customer, by)
    return Appointment.objects.visible_to(by).with_people().get(pk=appointment_id)

"""Guests become customers with an account, with all that was booked for them."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db.models.functions import Lower

from openslot.accounts.models import Customer, CustomerQuerySet, User
from openslot.appointments.models import Appointment
from openslot.kernel import privacy


def waiting(user: User) -> CustomerQuerySet:
    """The guests whose address the user has shown to be theirs; at their own practice none is.

    To those providers the user is a guest until they accept an appointment or book there.
    """
    own = EmailAddress.objects.filter(user=user, verified=True).values(own=Lower("email"))
    guests = Customer.objects.filter(user__isnull=True).exclude(email="")
    guests = guests.exclude(provider__user=user)
    return guests.annotate(address=Lower("email")).filter(address__in=own)


def joined(guest: Customer, user: User) -> int:
    """Give the user all that the guest has at that provider; how many appointments.

    Wants a transaction, behind the provider's lock and the user's.
    """
    customer = Customer.objects.filter(provider=guest.provider_id, user=user).first() or guest
    count = Appointment.objects.filter(customer=guest).count()
    for part in privacy.parts():
        part.join(guest, customer, user)
    return count


def by_booking(customer: Customer) -> None:
    """Who books with a provider by themselves is no guest there any more."""
    if customer.user is None:
        return
    for guest in waiting(customer.user).filter(provider=customer.provider_id).order_by("pk"):
        joined(guest, customer.user)

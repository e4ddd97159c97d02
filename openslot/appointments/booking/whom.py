"""Who an appointment is for: the caller, a known customer of the provider, or a guest.

An account counts for an address only once the address is verified: nobody gets hold of
somebody's appointments by signing up with their address. And it counts only where its owner has
booked with the provider or accepted an appointment; to all others they are a guest, and whether
somebody has an account makes no difference.
"""

from __future__ import annotations

from uuid import UUID

from allauth.account.models import EmailAddress

from openslot.accounts import addresses
from openslot.accounts.models import Customer, Provider, User
from openslot.appointments.booking.asking import Guest
from openslot.appointments.guests import joining
from openslot.kernel.errors import Invalid
from openslot.kernel.rows.assignment import assign
from openslot.kernel.rows.composed import Composed

OF_ACCOUNT = Composed(
    lambda provider, user: Customer.objects.filter(provider=provider, user=user),
    provider=UUID,
    user=UUID,
)


def customer_of(provider: Provider, *, by: User, customer: UUID | Guest | None) -> Customer:
    """The provider's customer, unsaved where they are new.

    Raises `Invalid` for an unknown id, and for somebody who was erased.
    """
    if customer is None:
        return _of_account(provider, by)
    if isinstance(customer, Guest):
        return _of_guest(provider, customer)
    known = (
        Customer.objects.of(provider).select_related("user", "provider").filter(pk=customer).first()
    )
    if known is None or known.is_nobody:
        raise Invalid(customer="There is no such customer.")
    return known


def called(who: Customer, given: UUID | Guest | None) -> str:
    """The name that a booking is made with; none of its own where an account has one."""
    if who.user_id is not None:
        return ""
    return (given.name if isinstance(given, Guest) else "") or who.given_name


def keep(customer: Customer) -> bool:
    """Write down a customer who is new (the provider's lock makes that happen once); who is?"""
    new = customer._state.adding
    if new:
        customer.save(force_insert=True)
    return new


def _of_account(provider: Provider, user: User) -> Customer:
    known = OF_ACCOUNT.first(provider=provider.pk, user=user.pk)
    customer = known or Customer(provider=provider, user=user)
    customer.provider, customer.user = provider, user
    if known is None:  # whom the provider blocked as a guest does not come in by another door
        customer.blocked = joining.waiting(user).filter(provider=provider, blocked=True).exists()
    return customer


def _of_guest(provider: Provider, guest: Guest) -> Customer:
    email = addresses.canonical(guest.email)
    if not email:  # nothing to tell them from others by
        return _new(provider, guest)
    owner = (
        EmailAddress.objects.filter(email__iexact=email, verified=True, user__is_active=True)
        .select_related("user")
        .first()
    )
    if owner is not None:
        if owner.user_id == provider.user_id:
            raise Invalid(customer="You cannot book yourself.")
        if Customer.objects.of(provider).filter(user=owner.user_id).exists():
            return _of_account(provider, owner.user)
    known = (
        Customer.objects.of(provider)
        .select_related("provider")
        .filter(user__isnull=True, email__iexact=email)
        .first()
    )
    return known or _new(provider, guest)


def _new(provider: Provider, guest: Guest) -> Customer:
    """Raises `Invalid` for a telephone number that is none."""
    customer = Customer(provider=provider)
    assign(customer, guest._asdict(), allowed=Guest._fields)
    return customer

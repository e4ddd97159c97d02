"""Who an appointment is for: the caller, a known customer of the provider, or a guest.

An account counts for an address only once the address is verified: nobody gets hold of
somebody's appointments by signing up with their address. And it counts only where its owner has
booked with the provider or accepted an appointment; to all others they are a guest, and whether
somebody has an account makes no difference.
"""

from __future__ import annotations

from uuid import UUID

from allauth.account.models import EmailAddress
from django.utils.translation import gettext

from openslot.accounts import addresses, consenting
from openslot.accounts.models import Customer, Provider, User
from openslot.appointments.booking.asking import Caller, Guest
from openslot.appointments.guests import joining
from openslot.kernel.errors import Invalid
from openslot.kernel.rows.assignment import assign
from openslot.kernel.rows.composed import Composed

OF_ACCOUNT = Composed(
    lambda provider, user: Customer.objects.filter(provider=provider, user=user),
    provider=UUID,
    user=UUID,
)

SAID = ("email", "first_name", "last_name", "phone", "timezone", "language")
ANEW = ("phone", "timezone", "language")  # what a guest may say otherwise with the next booking


def customer_of(provider: Provider, *, by: Caller, customer: UUID | Guest | None) -> Customer:
    """The provider's customer, unsaved where they are new.

    Raises `Invalid` for an unknown id, and for somebody who was erased.
    """
    if isinstance(by, Guest):
        return _visitor(provider, by)
    if customer is None:
        return _of_account(provider, by)
    if isinstance(customer, Guest):
        return _of_guest(provider, customer)
    known = (
        Customer.objects.of(provider).select_related("user", "provider").filter(pk=customer).first()
    )
    if known is None or known.is_nobody:
        raise Invalid(customer=gettext("There is no such customer."))
    return known


def called(who: Customer, given: UUID | Guest | None) -> str:
    """The name that a booking is made with; none of its own where an account has one."""
    if who.user_id is not None:
        return ""
    return (given.name if isinstance(given, Guest) else "") or who.given_name


def keep(customer: Customer, *, by: Caller) -> bool:
    """Write down a customer who is new (the provider's lock makes that happen once); who is?"""
    new = customer._state.adding
    if new:
        customer.save(force_insert=True)
    elif isinstance(by, Guest) and customer.user_id is None:
        customer.save(update_fields=ANEW)
    if isinstance(by, Guest) and by.consent:
        consenting.keep(customer=customer)
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
    owner = _owner(provider, email) if email else None
    if owner is not None and Customer.objects.of(provider).filter(user=owner).exists():
        return _of_account(provider, owner)
    return _known(provider, email) or _new(provider, guest)


def _visitor(provider: Provider, guest: Guest) -> Customer:
    """Somebody who books for themselves without signing in.

    Who has shown that the address is theirs is the account that goes by it; nobody else ever is.
    """
    email = addresses.canonical(guest.email)
    owner = _owner(provider, email) if guest.verified else None
    if owner is not None:
        return _of_account(provider, owner)
    customer = _known(provider, email) or _new(provider, guest)
    for name in ANEW:
        said = getattr(guest, name)
        if said and (guest.verified or not getattr(customer, name)):
            assign(customer, {name: said}, allowed=ANEW)
    theirs = Customer.objects.of(provider).filter(user__email__iexact=email, blocked=True)
    customer.blocked = customer.blocked or theirs.exists()
    return customer


def _owner(provider: Provider, email: str) -> User | None:
    """Whose account goes by the address. Raises `Invalid` where it is the provider's own."""
    shown = EmailAddress.objects.filter(email__iexact=email, verified=True, user__is_active=True)
    address = shown.select_related("user").first()
    if address is not None and address.user_id == provider.user_id:
        raise Invalid(customer=gettext("You cannot book yourself."))
    return address.user if address else None


def _known(provider: Provider, email: str) -> Customer | None:
    if not email:  # nothing to tell them from others by
        return None
    guests = Customer.objects.of(provider).filter(user__isnull=True, email__iexact=email)
    return guests.select_related("provider").first()


def _new(provider: Provider, guest: Guest) -> Customer:
    """Raises `Invalid` for a telephone number that is none."""
    customer = Customer(provider=provider)
    assign(customer, {name: getattr(guest, name) for name in SAID}, allowed=SAID)
    return customer

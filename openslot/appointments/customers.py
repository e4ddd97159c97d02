"""Who an appointment is for: the caller, a known customer of the provider, or a guest.

An account counts for an address only once the address is verified: nobody gets hold of
somebody's appointments by signing up with their address.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import CharField, Count, OuterRef, Subquery, Sum
from django.db.models.functions import Cast, Coalesce, JSONObject

from openslot.accounts import people
from openslot.accounts.models import Customer, CustomerQuerySet, Provider, User
from openslot.appointments.models import DROPPED, Appointment, Status
from openslot.kernel.assignment import assign
from openslot.kernel.errors import Invalid, NotFound


class Guest(NamedTuple):
    """Somebody as the provider names them."""

    email: str
    first_name: str = ""
    last_name: str = ""


def found(provider: Provider, *, by: User, customer: UUID | Guest | None) -> Customer:
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
    if known is None or not (known.user_id or known.email or known.first_name or known.last_name):
        raise Invalid(customer="There is no such customer.")
    return known


def with_history(customers: CustomerQuerySet, *, now: datetime) -> CustomerQuerySet:
    """Each customer with the figures that their provider sees, in the same query.

    `appointments_count`: all but declined, cancelled and expired ones; `last_visit`: the start of
    the latest that took place or should have; `next_visit`: the start of the next active one;
    `earned`: what completed ones brought, `[{"currency": "EUR", "amount": "50.00"}]`, by currency.
    """
    theirs = Appointment.objects.filter(customer=OuterRef("pk")).order_by()
    earned = (
        theirs.filter(status=Status.COMPLETED)
        .order_by("price_currency")
        .values("price_currency")
        .annotate(total=Sum("price"))
        .values(json=JSONObject(currency="price_currency", amount=Cast("total", CharField())))
    )
    kept = theirs.exclude(status__in=DROPPED).values("customer").values(found=Count("pk"))
    came = theirs.filter(status__in=(Status.COMPLETED, Status.CONFIRMED), start__lte=now)
    to_come = theirs.active().filter(start__gt=now)
    return customers.annotate(
        appointments_count=Coalesce(Subquery(kept), 0),
        last_visit=Subquery(came.order_by("-start").values("start")[:1]),
        next_visit=Subquery(to_come.order_by("start").values("start")[:1]),
        earned=ArraySubquery(earned),
    )


def keep(customer: Customer) -> None:
    """Write down a customer who is new (the provider's lock makes that happen once)."""
    if customer._state.adding:
        customer.save(force_insert=True)


def _of_account(provider: Provider, user: User) -> Customer:
    known = Customer.objects.of(provider).filter(user=user).first()
    customer = known or Customer(provider=provider, user=user)
    customer.provider, customer.user = provider, user
    return customer


def _of_guest(provider: Provider, guest: Guest) -> Customer:
    email = guest.email.strip().lower()
    owner = (
        EmailAddress.objects.filter(email__iexact=email, verified=True, user__is_active=True)
        .select_related("user")
        .first()
    )
    if owner is not None:
        if owner.user_id == provider.user_id:
            raise Invalid(customer="You cannot book yourself.")
        return _of_account(provider, owner.user)
    known = (
        Customer.objects.of(provider)
        .select_related("provider")
        .filter(user__isnull=True, email__iexact=email)
        .first()
    )
    return known or Customer(
        provider=provider, email=email, first_name=guest.first_name, last_name=guest.last_name
    )


@transaction.atomic
def change(
    provider: Provider, customer_id: UUID, *, notes: str | None = None, blocked: bool | None = None
) -> Customer:
    """Keep private notes about a customer, or take no more bookings from them.

    Raises `NotFound` for somebody else's customer and `Invalid` for endless notes.
    """
    people.lock(provider)
    customer = Customer.objects.of(provider).filter(pk=customer_id).first()
    if customer is None:
        raise NotFound
    wanted = {"notes": notes, "blocked": blocked}
    given = {name: value for name, value in wanted.items() if value is not None}
    customer.save(update_fields=assign(customer, given, allowed=("notes", "blocked")))
    return customer

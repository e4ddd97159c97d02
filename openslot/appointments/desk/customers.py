"""A provider's customers: what they came for, and what the provider keeps of them."""

from __future__ import annotations

from datetime import datetime
from functools import reduce
from operator import or_
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import CharField, Count, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Cast, Coalesce, JSONObject

from openslot.accounts import locks
from openslot.accounts.models import Customer, CustomerQuerySet, Provider
from openslot.appointments.guests import correcting
from openslot.appointments.models import DROPPED, Appointment, Status
from openslot.kernel.errors import NotFound
from openslot.kernel.rows.assignment import assign


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


def named(word: str, *, of: str = "") -> Q:
    """Customers (by the lookup `of`) in whose name or address the word stands."""
    given = ("first_name", "last_name", "email", "phone")
    places = (*given, *(f"user__{name}" for name in given))
    return reduce(or_, (Q(**{f"{of}{place}__icontains": word}) for place in places))


@transaction.atomic
def change(
    provider: Provider,
    customer_id: UUID,
    *,
    notes: str | None = None,
    blocked: bool | None = None,
    **said: str,
) -> Customer:
    """Keep private notes about a customer, or take no more bookings from them.

    `said` is what a guest is called and how they are reached (`correcting.FIELDS`). Raises
    `NotFound` for somebody else's customer, and `Invalid` for endless notes and what
    `correcting.correct` refuses.
    """
    locks.provider(provider.pk)
    mine = Customer.objects.of(provider).select_related("user", "provider")
    customer = mine.filter(pk=customer_id).first()
    if customer is None:
        raise NotFound
    wanted = {"notes": notes, "blocked": blocked}
    given = {name: value for name, value in wanted.items() if value is not None}
    customer.save(update_fields=assign(customer, given, allowed=("notes", "blocked")))
    correcting.correct(customer, said)
    return customer

"""What a provider says of guests: how they are called and reached, and which two are one person."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openslot.accounts import addresses, locks
from openslot.accounts.models import Customer, Provider
from openslot.appointments import ledger
from openslot.appointments.models import Appointment, Series
from openslot.kernel import events, privacy
from openslot.kernel.errors import Invalid, NotFound
from openslot.kernel.rows.assignment import assign
from openslot.kernel.rows.db import explaining

CORRECTED = "guest.corrected"
NAMES = ("first_name", "last_name")
FIELDS = (*NAMES, "email", "phone")
THEIRS = _("They have an account: this is theirs to change.")
KNOWN = _("Another of your customers has this address. Join the two instead.")
NOBODY = _("Give a name, an e-mail address or a telephone number.")


def correct(guest: Customer, given: Mapping[str, str]) -> None:
    """Call them so from now on: on what is to come too, while what is past keeps its name.

    Wants a transaction, behind the provider's lock. Raises `Invalid` beside what cannot be, an
    address that another customer of the provider has among it.
    """
    before, name = _said(guest), guest.name
    changed = {key: value for key, value in given.items() if value != before[key]}
    if guest.user_id is not None and changed:
        raise Invalid(**dict.fromkeys(changed, THEIRS))
    _check_address(guest, changed.get("email", ""))
    set_ = assign(guest, changed, allowed=FIELDS)
    if guest.is_nobody and set_:
        raise Invalid(first_name=NOBODY)
    with explaining({"customer_once_for_each_provider_and_address": lambda: Invalid(email=KNOWN)}):
        guest.save(update_fields=set_)
    if set_:
        _rename(guest, before=name)
        events.announce(CORRECTED, customer_id=str(guest.pk))


@transaction.atomic
def merge(provider: Provider, guest_id: UUID, *, into: UUID) -> Customer:
    """Two guests are one person: all that the first has becomes the other's, who stays.

    What is booked keeps the name that it was made with. Raises `NotFound` for a customer who is
    not the provider's, and `Invalid` beside `into` where there are no two guests to join.
    """
    locks.provider(provider.pk)
    known = (
        Customer.objects.of(provider).select_related("user", "provider").in_bulk([guest_id, into])
    )
    if guest_id not in known:
        raise NotFound
    if into not in known or into == guest_id:
        raise Invalid(into=gettext("This is none of your other customers."))
    guest, stays = known[guest_id], known[into]
    if any(each.user_id is not None or each.is_nobody for each in (guest, stays)):
        raise Invalid(into=gettext("Only guests are joined: whoever has an account joins by it."))
    _keep_name(guest, guest.name)
    for part in privacy.parts():
        part.join(guest, stays, None)
    events.announce(CORRECTED, customer_id=str(stays.pk))
    return stays


def _said(customer: Customer) -> dict[str, str]:
    said = customer.user or customer
    return {key: getattr(said, key) for key in FIELDS}


def _check_address(guest: Customer, email: str) -> None:
    others = Customer.objects.of(guest.provider).exclude(pk=guest.pk)
    email = addresses.canonical(email)
    if email and others.filter(user__email__iexact=email).exists():
        raise Invalid(email=KNOWN)


def _rename(guest: Customer, *, before: str) -> None:
    _keep_name(guest, before)
    coming = Appointment.objects.filter(customer=guest).active().filter(end__gt=timezone.now())
    series = list(coming.exclude(series=None).values_list("series", flat=True))
    ledger.amend(coming.exclude(booked_as=guest.name), booked_as=guest.name)
    Series.objects.filter(pk__in=series).update(booked_as=guest.name)


def _keep_name(guest: Customer, name: str) -> None:
    """What was made with no name of its own is called as the guest was."""
    ledger.amend(Appointment.objects.filter(customer=guest, booked_as=""), booked_as=name)
    Series.objects.filter(customer=guest, booked_as="").update(booked_as=name)

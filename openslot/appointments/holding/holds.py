"""Keeping a time for ten minutes while somebody fills in a form."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext

from openslot.accounts import locks
from openslot.accounts.models import Customer, Provider, User
from openslot.appointments.booking import drafting, limits
from openslot.appointments.free import fitting, holding, placing
from openslot.appointments.free.fitting import Side
from openslot.appointments.free.placing import Place
from openslot.appointments.models import Hold, Role
from openslot.catalog.models import Service
from openslot.kernel import timerange
from openslot.kernel.errors import NotAllowed, NotFound, TooOften
from openslot.kernel.keeping import idempotency

LASTS = timedelta(minutes=10)
MOST = 5  # live ones from one address of the network
BYTES = 32


@dataclass(frozen=True)
class Caller:
    """Who wants a time kept: an account, or a browser by the secret in its cookie; from where."""

    user: User | None = None
    browser: str = ""
    network: str = ""

    @property
    def owners(self) -> tuple[str, ...]:
        """As whom they hold: the account first; what a browser held stays theirs in it."""
        return drafting.claim_of(self.user, browser=self.browser).owners

    @property
    def owner(self) -> str:
        return self.owners[0] if self.owners else ""


@dataclass(frozen=True)
class Taken:
    """A hold with its id, which is told once and kept nowhere."""

    id: str
    service: UUID
    start: datetime
    end: datetime
    expires_at: datetime


@transaction.atomic
def take(service_id: UUID, *, start: datetime, by: Caller) -> Taken:
    """Keep the time for ten minutes; nobody else gets or sees it until then, its provider included.

    What the caller held before is let go. Raises what a booking of that start would raise, and
    `TooOften` where five are kept from the same address of the network.
    """
    start = timerange.bounded(start, field="start")
    _queue(by)
    service = drafting.sold(service_id)
    before = Hold.objects.filter(owner__in=by.owners)
    locks.providers({service.provider_id, *before.values_list("provider_id", flat=True)})
    service, now = drafting.sold(service_id), timezone.now()
    before.delete()
    Hold.objects.filter(provider=service.provider_id, expires_at__lte=now).delete()
    _check_network(by.network, now)
    place = placing.place_for(service, start)
    _check(place, by=by, now=now)
    return _kept(place, by=by, now=now)


@transaction.atomic
def release(hold_id: str, *, by: User | None) -> None:
    """Let go of it. Raises `NotFound` for one that is over, or an account's that is not theirs."""
    held = Hold.objects.filter(digest=holding.digest(hold_id)).first()
    owner = idempotency.owner_of(by.pk) if by else ""
    if held is None or (held.owner.startswith("user:") and held.owner != owner):
        raise NotFound
    locks.providers([held.provider_id])
    gone, _ = Hold.objects.filter(digest=held.digest, expires_at__gt=timezone.now()).delete()
    if not gone:
        raise NotFound


def _queue(by: Caller) -> None:
    """One after the other, for each caller and each address, before any provider is queued for."""
    keys = sorted({f"hold {by.network}", *(f"hold {owner}" for owner in by.owners)})
    with connection.cursor() as cursor:
        for key in keys:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def _check_network(network: str, now: datetime) -> None:
    if settings.RATE_LIMITS == "off":
        return
    live = Hold.objects.filter(network=network, expires_at__gt=now)
    if live.count() >= MOST:
        until = live.aggregate(first=Min("expires_at"))["first"]
        raise TooOften(
            gettext(
                "{most} times are kept from here at the moment. Book one of them, or wait."
            ).format(most=MOST),
            after=(until - now).total_seconds(),
        )


def _check(place: Place, *, by: Caller, now: datetime) -> None:
    user, provider = by.user, place.provider
    provides = user is not None and provider.user_id == user.pk
    customer = None if provides or user is None else _customer(provider, user)
    if customer is not None:
        if customer.blocked:
            raise NotAllowed(gettext("This provider takes no bookings from you."))
        refusal = limits.refusal(customer)
        if refusal is not None:
            raise refusal
    role = Role.PROVIDER if provides else Role.CUSTOMER
    attendee = user.pk if user is not None and not provides else None
    [placed] = fitting.placed([place], side=Side(role, attendee, now))
    if placed.refusal is not None:
        raise placed.refusal


def _customer(provider: Provider, user: User) -> Customer | None:
    known = Customer.objects.of(provider).select_related("provider").filter(user=user)
    return known.first()


def _kept(place: Place, *, by: Caller, now: datetime) -> Taken:
    token = secrets.token_urlsafe(BYTES)
    service: Service = place.service
    Hold.objects.create(
        digest=holding.digest(token),
        provider=place.provider,
        service=service,
        start=place.span.start,
        end=place.span.end,
        held_start=place.held.start,
        held_end=place.held.end,
        owner=by.owner,
        network=by.network,
        expires_at=now + LASTS,
    )
    return Taken(token, service.pk, place.span.start, place.span.end, now + LASTS)

"""How every booking begins, single, recurring or with what follows: who asks for what, for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NoReturn
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext

from openslot.accounts import locks
from openslot.accounts.models import Confirmation, Customer, User
from openslot.appointments import changes
from openslot.appointments.booking import whom
from openslot.appointments.booking.asking import Caller, Guest
from openslot.appointments.entries import Entry
from openslot.appointments.free import holding, placing
from openslot.appointments.free.fitting import Side
from openslot.appointments.free.holding import NOBODYS, Claim
from openslot.appointments.free.placing import Place
from openslot.appointments.guests import showing
from openslot.appointments.models import Appointment, Role, Status
from openslot.catalog import pricing
from openslot.catalog.models import Service
from openslot.catalog.questions import Answered
from openslot.kernel.errors import Invalid, NotAllowed
from openslot.kernel.keeping import idempotency
from openslot.kernel.rows.composed import Composed

SERVICE = Composed(
    lambda id: (  # noqa: A006
        Service.objects.kept()
        .select_related("provider__user", "requires")
        .annotate(required=Exists(Service.objects.filter(requires=OuterRef("pk"))))
        .filter(pk=id)
    ),
    id=UUID,
)


@dataclass(frozen=True)
class Opened:
    """A service and somebody it is for, behind the provider's and the customer's locks."""

    service: Service
    customer: Customer
    role: Role
    now: datetime
    booked_as: str = ""  # a guest's name, as it is given
    locked: bool = False
    claim: Claim = NOBODYS

    @property
    def required(self) -> bool:
        """Whether another service wants this one first."""
        return bool(vars(self.service)["required"])

    @property
    def side(self) -> Side:
        return Side.of(self.role, self.customer, self.now)._replace(claim=self.claim)

    @property
    def uninvited(self) -> bool:
        """Whether a mail to somebody comes of it who has never booked with the provider."""
        stranger = self.customer.user_id is None and bool(self.customer.email)
        return stranger and self.role == Role.PROVIDER

    def place(self, start: datetime) -> Place:
        return placing.place_for(self.service, start)


def opened(
    service_id: UUID,
    *,
    by: Caller,
    customer: UUID | Guest | None,
    lock: bool = True,
    hold: str = "",
    browser: str = "",
) -> Opened:
    """Who asks for what, as it stands once the calendars are ours (without `lock`: as it stands).

    Raises `Invalid` for an unknown service or customer, `NotAllowed` for a customer who books for
    others or is blocked, `NotAuthenticated` for a guest where the provider takes none.
    """
    service = sold(service_id)
    if lock and locks.revision(service.provider_id) != service.provider.revision:
        service = sold(service_id)  # something was written before it was our turn
    role = _role(service, by=by, customer=customer)
    who = whom.customer_of(service.provider, by=by, customer=customer)
    if lock and who.user_id not in {None, *locks.users([who.user_id])}:
        _erased(role)
    if role == Role.CUSTOMER and who.blocked:
        raise NotAllowed(gettext("This provider takes no bookings from you."))
    named = whom.called(who, by if isinstance(by, Guest) else customer)
    claim = claim_of(by, hold, browser)
    return Opened(service, who, role, timezone.now(), named, locked=lock, claim=claim)


def queued(seen: Opened, *, by: Caller) -> Opened | None:
    """The same behind the locks, for a customer who is known and has an account.

    The service is the same object where nothing was written to the provider since it was read.
    None where the customer is not as they were.
    """
    who = seen.customer
    found = locks.both(who)
    if found is None or found.blocked != who.blocked:
        return None
    service = seen.service
    if found.revision != service.provider.revision:
        service = sold(service.pk)
        who.provider = service.provider
        _role(service, by=by, customer=None)
    return replace(seen, service=service, now=timezone.now(), locked=True)


def claim_of(by: Caller | None, hold: str = "", browser: str = "") -> Claim:
    """What somebody may be about to book already: with a hold that they name, by their account,
    or by the secret of their browser, which signing in does not change.
    """
    account = [idempotency.owner_of(by.pk)] if isinstance(by, User) else []
    named = holding.digest(hold) if hold else ""
    return Claim(named, (*account, *([holding.browsers(browser)] if browser else [])))


def drafted(
    opened: Opened,
    start: datetime,
    *,
    notes: str = "",
    answers: Sequence[Answered] = (),
    service: Service | None = None,
    depends_on: Appointment | None = None,
) -> Entry:
    """A new appointment of the service (or of another one of the provider), unsaved."""
    service = service or opened.service
    before, after = service.buffers
    kind, text = service.location
    appointment = Appointment(
        provider=opened.service.provider,
        customer=opened.customer,
        attendee=opened.customer.user,
        service=service,
        start=start,
        end=start + service.duration,
        buffer_before_minutes=before // timedelta(minutes=1),
        buffer_after_minutes=after // timedelta(minutes=1),
        price=pricing.price(service),
        price_rule=pricing.rule(service),
        location_kind=kind,
        location_text=text,
        notes=notes,
        answers=list(answers),
        booked_as=opened.booked_as,
        depends_on=depends_on,
    )
    entry = Entry(appointment, opened.role, opened.now)
    entry.require_new()
    _settle_status(entry)
    return entry


def sold(service_id: UUID) -> Service:
    """A service with its provider. Raises `Invalid` where there is none, or it was removed."""
    service = SERVICE.first(id=service_id)
    if service is None:
        raise Invalid(service=gettext("There is no such service."))
    return service


def _erased(role: Role) -> NoReturn:
    """Somebody's account went while we were queueing for it."""
    if role == Role.CUSTOMER:
        raise NotAllowed(gettext("This account does not exist any more."))
    raise Invalid(customer=gettext("There is no such customer."))


def _role(service: Service, *, by: Caller, customer: UUID | Guest | None) -> Role:
    if isinstance(by, Guest):
        showing.require_open(service.provider)
    mine = isinstance(by, User) and service.provider.user_id == by.pk
    if customer is not None and not mine:
        raise NotAllowed(gettext("Only the provider books for somebody else."))
    if customer is None and mine:
        raise Invalid(customer=gettext("Say who the appointment is for."))
    return Role.PROVIDER if mine else Role.CUSTOMER


def _settle_status(entry: Entry) -> None:
    automatic = entry.appointment.provider.confirmation == Confirmation.AUTOMATIC
    if automatic or entry.role == Role.PROVIDER:
        entry.appointment.status = Status.CONFIRMED
    else:
        entry.appointment.status = Status.PENDING
        entry.appointment.expires_at = changes.due(entry.appointment, asked=entry.now)

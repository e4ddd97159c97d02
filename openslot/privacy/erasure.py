"""Forgetting somebody: what is theirs goes, what the other side needs stays without their name."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from openslot.accounts import locks
from openslot.accounts.models import Customer, Provider, User
from openslot.appointments import changes, ledger
from openslot.appointments.entries import Entry
from openslot.appointments.models import Appointment, AppointmentQuerySet, Role, Status, Way
from openslot.kernel import events, privacy
from openslot.privacy import joining


def erase(user: User, *, via: Way = Way.UNKNOWN) -> None:
    """Cancel what is to come, on both sides, and delete the account; no notice binds this.

    Appointments of the past keep time, service and price; customers become nameless, and so does
    a provider, who is found nowhere any more. Tokens and sessions end; pictures are deleted once
    this is committed. "account.erased" is announced, for what others keep of them.
    """
    for email in _shown_addresses(user):  # what was made for them goes as what they made does
        joining.join(user, email=email)
    while not _erased(user, via=via):
        pass  # somebody booked while we were queueing: queue again, at that provider too


def _shown_addresses(user: User) -> list[str]:
    shown = EmailAddress.objects.filter(user=user, verified=True)
    return list(shown.values_list("email", flat=True))


@transaction.atomic
def _erased(user: User, *, via: Way) -> bool:
    queued = set(_to_cancel(user, timezone.now()).values_list("provider_id", flat=True))
    locked = locks.providers({*queued, *_own(user)})
    locks.users(_attendees(user))
    if not User.objects.filter(pk=user.pk).exists():
        return True  # by another call, while this one was queueing
    coming = list(_to_cancel(user, timezone.now()).with_people().order_by("start", "id"))
    if not {appointment.provider_id for appointment in coming} <= set(locked):
        transaction.set_rollback(True)  # lets the locks go
        return False
    for role in (Role.PROVIDER, Role.CUSTOMER):
        _cancel([one for one in coming if one.role_of(user) == role], role, by=user, via=via)
    known = Customer.objects.filter(user=user).values_list("pk", flat=True)
    events.announce(
        "account.erased",
        customers=[str(pk) for pk in known],
        providers=[str(pk) for pk, each in locked.items() if each.user_id == user.pk],
    )
    for part in privacy.parts():
        for provider in (each for each in locked.values() if each.user_id == user.pk):
            part.forget_provider(provider)
    for part in privacy.parts():
        part.forget(user)
    return True


def _own(user: User) -> list[UUID]:
    return list(Provider.objects.filter(user=user).values_list("pk", flat=True))


def _to_cancel(user: User, now: datetime) -> AppointmentQuerySet:
    active = Appointment.objects.visible_to(user).active()
    return active.filter(Q(start__gt=now) | Q(status=Status.PENDING))


def _attendees(user: User) -> set[UUID | None]:
    coming = _to_cancel(user, timezone.now())
    return {user.pk, *coming.values_list("customer__user_id", flat=True)}


def _cancel(appointments: list[Appointment], role: Role, *, by: User, via: Way) -> None:
    entries = []
    for appointment in appointments:
        entry = Entry.of(appointment, role=role, now=timezone.now())
        entry.require("cancel")
        changes.end(entry, Status.CANCELLED)
        entries.append(entry)
    if entries:
        ledger.written(entries, by=by, via=via)

"""What somebody wants to be told, by which channel, and when to be reminded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext
from procrastinate.contrib.django import app

from openslot.accounts import phones
from openslot.accounts.models import Customer, User
from openslot.kernel.errors import Invalid
from openslot.notifications import kinds
from openslot.notifications.links import Subscription
from openslot.notifications.models import Channel, Preference

Switches = Mapping[str, bool]
REPLAN = "openslot.notifications.tasks.replan_reminders"


def of(people: Iterable[User | Customer]) -> dict[UUID, Preference]:
    """Each person's preferences, by the person's id, in one query; everything on without any."""
    wanted = {person.pk: person for person in people}
    rows = Preference.objects.filter(Q(user__in=wanted) | Q(customer__in=wanted))
    kept = {row.user_id or row.customer_id: row for row in rows}
    return {pk: kept.get(pk) or _unsaved(person) for pk, person in wanted.items()}


def _unsaved(person: User | Customer) -> Preference:
    return Preference(user=person) if isinstance(person, User) else Preference(customer=person)


def offered() -> dict[Channel, tuple[str, ...]]:
    """Which kinds come by which channel; by text message where the installation sends any."""
    every = tuple(kinds.KINDS)
    texted = {Channel.SMS: kinds.TEXTED} if settings.NOTIFY_URL_SMS else {}
    return {Channel.EMAIL: every, Channel.IN_APP: every, **texted}


def number(user: User) -> str:
    """Where text messages reach them, as +4930901820; empty where none do."""
    return phones.dialled(user.phone) if settings.NOTIFY_URL_SMS else ""


def shown(user: User) -> dict[str, Any]:
    """`{email: {kind: bool}, in_app: {kind: bool}, reminder_minutes: [1440, 60]}`.

    Where text messages are sent, `sms: {kind: bool}` besides.
    """
    kept = of([user])[user.pk]
    switches: dict[str, Any] = {
        channel.value: {kind: kept.wants(kind, channel) for kind in names}
        for channel, names in offered().items()
    }
    return switches | {"reminder_minutes": list(kept.reminder_minutes)}


@transaction.atomic
def change(
    user: User,
    *,
    email: Switches | None = None,
    in_app: Switches | None = None,
    sms: Switches | None = None,
    reminder_minutes: Sequence[int] | None = None,
) -> dict[str, Any]:
    """Set what is given, leave the rest; answers with all of it.

    Reminders of what is booked already are planned anew. Raises `Invalid` for an unknown kind, or
    one that does not come by that channel, and
    for more than five reminders or ones outside 5 minutes to 30 days.
    """
    _check(email=email, in_app=in_app, sms=sms)
    minutes = None if reminder_minutes is None else checked_minutes(reminder_minutes)
    kept, _ = Preference.objects.get_or_create(user=user)
    kept = Preference.objects.select_for_update(no_key=True).get(pk=kept.pk)
    kept.email_off = _off(kept.email_off, email or {})
    kept.in_app_off = _off(kept.in_app_off, in_app or {})
    kept.sms_on = [kind for kind in kinds.TEXTED if (sms or {}).get(kind, kind in kept.sms_on)]
    replan = minutes is not None and minutes != list(kept.reminder_minutes)
    if minutes is not None:
        kept.reminder_minutes = minutes
    kept.save()
    if replan:
        app.configure_task(REPLAN).defer(user_id=str(user.pk))
    return shown(user)


def checked_minutes(minutes: Sequence[int]) -> list[int]:
    """The reminders in order, the earliest first, each once. Raises `Invalid`."""
    low, high = kinds.REMINDER_BOUNDS
    if any(not low <= each <= high for each in minutes):
        raise Invalid(
            reminder_minutes=gettext("A reminder comes 5 minutes to 30 days (43,200) ahead.")
        )
    longest_first = sorted(set(minutes), reverse=True)
    if len(longest_first) > kinds.REMINDERS:
        raise Invalid(
            reminder_minutes=gettext("At most {reminders} reminders.").format(
                reminders=kinds.REMINDERS
            )
        )
    return longest_first


def _check(**switches: Switches | None) -> None:
    known = {channel.value: names for channel, names in offered().items()}
    for channel, given in switches.items():
        unknown = sorted(set(given or {}) - set(known.get(channel, ())))
        if given is not None and channel not in known:
            raise Invalid(**{channel: gettext("Nothing is told by it here.")})
        if unknown:
            raise Invalid(
                **{
                    channel: gettext("There is no such kind: {join}.").format(
                        join=", ".join(unknown)[:200]
                    )
                }
            )


def _off(off: Sequence[str], given: Switches) -> list[str]:
    return [kind for kind in kinds.KINDS if not given.get(kind, kind not in off)]


@transaction.atomic
def unsubscribe(what: Subscription) -> None:
    """End the mails of a kind to a person; safe to repeat, and for people who are gone."""
    person = _locked(User, what.user_id) or _locked(Customer, what.customer_id)
    if person is None:
        return
    kept = of([person])[person.pk]
    kept.email_off = _off(kept.email_off, {what.kind: False})
    kept.save()


def _locked(model: type[User | Customer], pk: UUID | None) -> User | Customer | None:
    if pk is None:
        return None
    return model._default_manager.select_for_update(no_key=True).filter(pk=pk).first()

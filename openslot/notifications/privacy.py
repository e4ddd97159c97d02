"""What notifications keep about people: see kernel/privacy.py. It ends with whom it was for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from openslot.accounts.models import Customer, Provider, User
from openslot.appointments.models import Appointment, Role
from openslot.kernel import privacy
from openslot.notifications import preferences
from openslot.notifications.models import Delivery, Feed, OwnWords, Preference, Reminder


def export(user: User) -> dict[str, Any]:
    told = Delivery.objects.filter(user=user).order_by("created_at", "id")
    mine = Appointment.objects.visible_to(user)
    reminders = Reminder.objects.filter(appointment__in=mine).order_by("due_at", "id")
    return {
        "notifications": privacy.rows(told),
        "notification_preferences": preferences.shown(user),
        "reminders": privacy.rows(reminders, without={"id"}),
        "calendar_feed": list(Feed.objects.filter(user=user).values("created_at")),
    }


def forget_customers(customers: Collection[UUID]) -> None:
    """What they were told of what they had booked, and did not want to be told any more."""
    told = Delivery.objects.filter(appointment__customer__in=customers, role=Role.CUSTOMER)
    told.delete()
    Preference.objects.filter(customer__in=customers).delete()


def export_provider(provider: Provider) -> dict[str, Any]:
    mine = OwnWords.objects.filter(provider=provider).order_by("kind")
    return {"words": list(mine.values("kind", "text"))}


def forget_provider(provider: Provider) -> None:
    OwnWords.objects.filter(provider=provider).delete()


def join(guest: Customer, customer: Customer, user: User | None) -> None:
    """What two guests were told, and do not want to be told, stays with the one who stays."""
    if user is not None:
        return
    known = Delivery.objects.filter(customer=customer).values("cause", "channel")
    told = {(each["cause"], each["channel"]) for each in known}
    for each in Delivery.objects.filter(customer=guest):
        if (each.cause, each.channel) not in told:
            Delivery.objects.filter(pk=each.pk).update(customer=customer)
    kept, off = preferences.of([customer])[customer.pk], preferences.of([guest])[guest.pk].email_off
    if set(off) - set(kept.email_off):
        kept.email_off = sorted({*kept.email_off, *off})
        kept.save()


PART = privacy.Part(
    models=[model._meta.label for model in (Delivery, Preference, Reminder, Feed, OwnWords)],
    export=export,
    forget_customers=forget_customers,
    export_provider=export_provider,
    forget_provider=forget_provider,
    join=join,
)

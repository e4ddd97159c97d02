"""What notifications keep about people: see kernel/privacy.py. It ends with whom it was for."""

from __future__ import annotations

from typing import Any

from openslot.accounts.models import User
from openslot.appointments.models import Appointment
from openslot.kernel import privacy
from openslot.notifications import preferences
from openslot.notifications.models import Delivery, Feed, Preference, Reminder


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


PART = privacy.Part(
    models=[model._meta.label for model in (Delivery, Preference, Reminder, Feed)], export=export
)

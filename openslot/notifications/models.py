"""Who was told what, by which channel; what they want to be told, and will be reminded of.

And what a provider says of their own in mails.
"""

from __future__ import annotations

import secrets
import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from openslot.accounts.models import Customer, Provider, User
from openslot.appointments.models import Act, Appointment, Role
from openslot.notifications import kinds


class Channel(models.TextChoices):
    EMAIL = "email", "E-mail"
    IN_APP = "in_app", _("In the app")
    SMS = "sms", _("Text message")


class State(models.TextChoices):
    WAITING = "waiting", _("To be sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Given up")


UNSENT = (State.WAITING, State.FAILED)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, user: User) -> DeliveryQuerySet:
        """The user's own notices; mails are not read here."""
        return self.filter(user=user, channel=Channel.IN_APP)

    def unread(self) -> DeliveryQuerySet:
        return self.filter(read_at__isnull=True)

    def newest_first(self) -> DeliveryQuerySet:
        return self.order_by("-created_at", "-id")

    def with_subject(self) -> DeliveryQuerySet:
        """With all that its words speak of, in the same query."""
        return self.select_related(
            "user",
            "act",
            "appointment__provider__user",
            "appointment__customer__user",
            "appointment__customer__provider",
            "appointment__service",
        )


class Delivery(models.Model):
    """One thing told to one person by one channel: a mail, or a notice in the app.

    `cause` is the id of what it tells of: an act, a reminder, a time off, the person (welcome).
    Names and words are not stored: they are found when it is read, so erased people are gone here
    too. `user` is None for a guest, who is the `customer`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cause = models.UUIDField()
    user = models.ForeignKey(
        User, null=True, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    customer = models.ForeignKey(
        Customer, null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    channel = models.CharField(max_length=6, choices=Channel)
    kind = models.CharField(max_length=20, choices=[(kind, kind) for kind in kinds.KINDS])
    act = models.ForeignKey(Act, null=True, on_delete=models.CASCADE, related_name="+")
    appointment = models.ForeignKey(
        Appointment, null=True, on_delete=models.CASCADE, related_name="+"
    )
    role = models.CharField(max_length=8, choices=Role, blank=True)  # the person's own part in it
    action = models.CharField(max_length=20, blank=True)  # of the first move that it tells of
    receipt = models.BooleanField(default=False)  # of what the person did
    count = models.PositiveIntegerField(default=1)  # appointments that it tells of
    start = models.DateTimeField(null=True)  # of the first one, as it was decided
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    doubts = models.PositiveSmallIntegerField(default=0)  # mails of which nobody knows
    error = models.CharField(max_length=300, blank=True)  # why the mail did not get through
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cause", "user", "channel"], name="delivery_once_for_each_user_and_channel"
            ),
            models.UniqueConstraint(
                fields=["cause", "customer", "channel"],
                name="delivery_once_for_each_guest_and_channel",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=True) ^ Q(customer__isnull=True),
                name="delivery_is_for_one_person",
            ),
        ]
        indexes = [
            models.Index(
                fields=["user", "-created_at", "-id"],
                condition=Q(channel=Channel.IN_APP),
                name="delivery_notices",
            ),
            models.Index(
                fields=["user"],
                condition=Q(channel=Channel.IN_APP, read_at__isnull=True),
                name="delivery_unread",
            ),
            models.Index(fields=["customer"], name="delivery_of_guest"),
            models.Index(
                fields=["state"],
                condition=Q(channel=Channel.EMAIL, state__in=UNSENT),
                name="delivery_unsent",
            ),
        ]


def _minutes() -> list[int]:
    return list(kinds.REMINDER_MINUTES)


class Preference(models.Model):
    """What somebody does not want to be told, by channel, and when to remind them.

    No row: everything is on, but the text messages, of which people say what they want. A guest's
    row knows only what they unsubscribed from.
    """

    user = models.OneToOneField(User, null=True, on_delete=models.CASCADE, related_name="+")
    customer = models.OneToOneField(Customer, null=True, on_delete=models.CASCADE, related_name="+")
    email_off = ArrayField(models.CharField(max_length=20), default=list)
    in_app_off = ArrayField(models.CharField(max_length=20), default=list)
    sms_on = ArrayField(models.CharField(max_length=20), default=list, db_default=[])
    reminder_minutes = ArrayField(models.PositiveIntegerField(), default=_minutes)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) ^ Q(customer__isnull=True),
                name="preference_is_of_one_person",
            )
        ]

    def wants(self, kind: str, channel: Channel) -> bool:
        if channel == Channel.SMS:
            return kind in self.sms_on
        off = self.email_off if channel == Channel.EMAIL else self.in_app_off
        return kind not in off


class Reminder(models.Model):
    """Somebody is to be reminded of an appointment, `minutes` before its start.

    Whom `role` means is asked when it is sent: a guest may have got an account meanwhile.
    """

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="reminders")
    role = models.CharField(max_length=8, choices=Role)
    minutes = models.PositiveIntegerField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["appointment", "role", "minutes"], name="reminder_once_for_each_time"
            )
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(sent_at__isnull=True), name="reminder_due")
        ]


def _key() -> str:
    return secrets.token_urlsafe(16)


class Feed(models.Model):
    """What a person's secret feed address is derived from; another key is another address."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=22, unique=True, default=_key)
    credentials_version = models.PositiveIntegerField(default=0)  # the person's, when it was made
    created_at = models.DateTimeField(default=timezone.now)


OWN_WORDS = 1000  # characters


class OwnWords(models.Model):
    """What a provider says in the mails of a kind to customers, as typed: placeholders stand in it.

    No row: they say nothing of their own.
    """

    provider = models.ForeignKey(
        Provider, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=9, choices=[(kind, kind) for kind in kinds.OWN])
    text = models.TextField(max_length=OWN_WORDS)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "kind"], name="own_words_once_for_each_kind"
            )
        ]

    def __str__(self) -> str:
        return self.kind

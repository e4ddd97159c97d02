"""Where a provider's appointments are told to other programs, what was sent, and how that went.

Secrets are kept sealed (kernel/keeping/sealing.py).
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from openslot.accounts.models import Provider
from openslot.appointments.models import Appointment, Move
from openslot.webhooks import kinds

URL_MAX = 2000  # characters
DESCRIPTION_MAX = 200


class Off(models.TextChoices):
    """Why a webhook was switched off by itself."""

    GONE = "gone", _("The receiver said that it is gone for good (410).")
    FAILING = "failing", _("Nothing was taken for five days.")


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def of(self, provider: Provider) -> WebhookQuerySet:
        """A provider's own; the only way doors fetch them."""
        return self.filter(provider=provider)

    def active(self) -> WebhookQuerySet:
        return self.filter(active=True)


class Webhook(models.Model):
    """An address that hears of what happens to a provider's appointments.

    `wants` holds, for each type, since when it is told: acts of before are not.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="webhooks")
    url = models.CharField(max_length=URL_MAX)
    description = models.CharField(max_length=DESCRIPTION_MAX, blank=True)
    wants = models.JSONField(default=dict)  # {type: since}
    active = models.BooleanField(default=True)
    off = models.CharField(max_length=7, choices=Off, blank=True)
    secret = models.TextField()  # sealed
    old_secrets = models.JSONField(default=list)  # [[sealed, until]]: they sign beside it
    failing_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(active=False) | Q(off=""), name="webhook_active_or_switched_off"
            )
        ]
        indexes = [
            models.Index(
                fields=["failing_since"],
                condition=Q(active=True, failing_since__isnull=False),
                name="webhook_failing",
            )
        ]

    @property
    def events(self) -> list[str]:
        """The types that it is told, in the order of the table."""
        return [each for each in kinds.TYPES if each in self.wants]

    def is_told(self, kind: str, *, at: datetime) -> bool:
        """Whether it hears of something of that type which happened then."""
        return kind in self.wants and datetime.fromisoformat(self.wants[kind]) <= at


class State(models.TextChoices):
    WAITING = "waiting", _("To be delivered")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Given up")


class MessageQuerySet(models.QuerySet["Message"]):
    def waiting(self) -> MessageQuerySet:
        return self.filter(state=State.WAITING)

    def next(self) -> MessageQuerySet:
        """Those that wait for nothing but their time: of each appointment the earliest.

        Nothing of somebody whose account is suspended is among them.
        """
        before = Message.objects.waiting().filter(
            webhook=OuterRef("webhook"),
            appointment=OuterRef("appointment"),
            move__lt=OuterRef("move"),
        )
        going = self.waiting().filter(webhook__provider__user__is_active=True)
        return going.exclude(Exists(before))

    def due(self, now: datetime) -> MessageQuerySet:
        return self.next().filter(due_at__lte=now)

    def newest_first(self) -> MessageQuerySet:
        return self.order_by("-created_at", "-id")


class Message(models.Model):
    """One move of one appointment told to one address; or a test, which is of none.

    `body` is what is sent, the same in every try. It is empty once somebody in it is forgotten:
    who sends it again then writes it anew.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)  # webhook-id
    webhook = models.ForeignKey(
        Webhook, on_delete=models.CASCADE, related_name="messages", db_index=False
    )
    type = models.CharField(max_length=40)
    move = models.ForeignKey(Move, null=True, on_delete=models.CASCADE, related_name="+")
    appointment = models.ForeignKey(
        Appointment, null=True, on_delete=models.CASCADE, related_name="+"
    )
    at = models.DateTimeField()  # when it happened
    body = models.TextField(blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["webhook", "move"], name="webhook_message_once_for_each_move"
            ),
            models.CheckConstraint(
                condition=Q(move__isnull=True, appointment__isnull=True)
                | Q(move__isnull=False, appointment__isnull=False),
                name="webhook_message_is_of_an_appointment_or_a_test",
            ),
        ]
        indexes = [
            models.Index(fields=["webhook", "-created_at", "-id"], name="webhook_message_newest"),
            models.Index(
                fields=["due_at"],
                condition=Q(state=State.WAITING),
                name="webhook_message_due",
            ),
            models.Index(
                fields=["webhook", "appointment", "move"],
                condition=Q(state=State.WAITING),
                name="webhook_message_waiting",
            ),
        ]


class Attempt(models.Model):
    """A try: `status` is what the receiver answered, None where nothing did."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField(default=timezone.now)
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=200, blank=True)
    milliseconds = models.PositiveIntegerField()

    class Meta:
        ordering = ["id"]

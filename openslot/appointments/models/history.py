"""What was done to appointments: acts, and the moves of each."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

from openslot.accounts.models import User
from openslot.appointments.models.appointment import Appointment
from openslot.appointments.models.statuses import Role, Status, Way


class Act(models.Model):
    """One call of somebody (or of the clock): who, when, why and by what way.

    Its moves say what changed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    role = models.CharField(max_length=8, choices=Role)
    via = models.CharField(max_length=7, choices=Way, default=Way.UNKNOWN)
    reason = models.CharField(max_length=500, blank=True)


class Move(models.Model):
    """A change of one appointment. Append-only: the history, the audit, the outbox's content."""

    act = models.ForeignKey(Act, on_delete=models.CASCADE, related_name="moves")
    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="moves")
    action = models.CharField(max_length=20)
    from_status = models.CharField(max_length=9, choices=Status, blank=True)
    to_status = models.CharField(max_length=9, choices=Status)
    changes = models.JSONField(default=dict)  # {field: [old, new]}

    class Meta:
        ordering = ["id"]

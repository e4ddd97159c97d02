"""What the house remembers whatever it is about."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone


class KeptAnswer(models.Model):
    """A request that was carried out, and what it was answered (see idempotency.py)."""

    owner = models.CharField(max_length=100)
    operation = models.CharField(max_length=100)
    key = models.CharField(max_length=64)  # a digest
    content = models.CharField(max_length=64)  # a digest
    answer = models.TextField(blank=True)  # sealed; empty while the first is at work
    about = ArrayField(models.UUIDField(), default=list)  # the people it names
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "operation", "key"], name="answered_once_for_each_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.operation} of {self.owner}"

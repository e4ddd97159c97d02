"""What the API remembers for itself."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from openslot.accounts.models import User


class IdempotencyKey(models.Model):
    """A request that was carried out, and what it was answered (see idempotency.py)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    body_hash = models.CharField(max_length=64)
    answer = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key"], name="idempotency_key_once_for_each_user"
            )
        ]


class FamilyMember(models.Model):
    """Of which sign-in a refresh token came, directly or by exchange."""

    token = models.OneToOneField(
        OutstandingToken, on_delete=models.CASCADE, primary_key=True, related_name="member"
    )
    family = models.CharField(max_length=32, db_index=True)

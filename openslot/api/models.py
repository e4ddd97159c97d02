"""What the API remembers for itself."""

from __future__ import annotations

from django.db import models
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken


class FamilyMember(models.Model):
    """Of which sign-in a refresh token came, directly or by exchange."""

    token = models.OneToOneField(
        OutstandingToken, on_delete=models.CASCADE, primary_key=True, related_name="member"
    )
    family = models.CharField(max_length=32, db_index=True)

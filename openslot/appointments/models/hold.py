"""A time that is kept for a few minutes for whoever is about to book it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from openslot.accounts.models import Provider
from openslot.catalog.models import Service


class Hold(models.Model):
    """An appointment's time, `held` with its buffers, until it `expires`. No row of it is needed to
    end it: whoever reads compares the clock.

    `digest` is of its id, which lets in whoever knows it. `owner` is who took it: "user:" and an
    account's id, "browser:" and a digest of its cookie, or nobody known.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="holds")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    start = models.DateTimeField()
    end = models.DateTimeField()
    held_start = models.DateTimeField()
    held_end = models.DateTimeField()
    owner = models.CharField(max_length=80, blank=True)
    network = models.CharField(max_length=45, blank=True)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner"], condition=~Q(owner=""), name="hold_once_for_each_caller"
            ),
            models.CheckConstraint(
                condition=Q(end__gt=F("start"), held_start__lte=F("start"), held_end__gte=F("end")),
                name="hold_holds_its_appointment",
            ),
        ]
        indexes = [
            models.Index(fields=["provider", "held_end"], name="hold_of_provider"),
            models.Index(fields=["network"], name="hold_of_network"),
            models.Index(fields=["expires_at"], name="hold_expired"),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.start:%Y-%m-%d %H:%M}Z, until {self.expires_at:%H:%M}Z"

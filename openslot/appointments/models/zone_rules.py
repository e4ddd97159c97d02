"""Which rules of a zone this installation has seen last."""

from __future__ import annotations

from django.db import models


class ZoneRules(models.Model):
    """A zone in which appointments to come were agreed; `changed_at`: since when by these rules."""

    name = models.CharField(max_length=64, primary_key=True)
    fingerprint = models.CharField(max_length=64)
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "zone rules"

    def __str__(self) -> str:
        return self.name

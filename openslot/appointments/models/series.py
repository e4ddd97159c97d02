"""Recurring appointments: what they have in common."""

from __future__ import annotations

import uuid
from datetime import time, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.utils import timezone

from openslot.accounts.models import Customer, Provider, User
from openslot.appointments.models.naming import ForSomebody
from openslot.catalog.models import Service


class SeriesQuerySet(models.QuerySet["Series"]):
    def visible_to(self, user: User) -> SeriesQuerySet:
        """Those in which the user is customer or provider; the only way doors fetch them."""
        return self.filter(Q(customer__user=user) | Q(provider__user=user))


class Series(ForSomebody):
    """A recurring set of appointments, each an appointment of its own.

    The rule is read in the wall clock of its zone, from `start` on. `skipped` are the dates that
    could not be booked, `[{"start", "reason"}]`. `shift` is by how much its later part went
    on the wall: an extension goes on there.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="series")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="series")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    recurrence = models.CharField(max_length=500)
    zone_name = models.CharField(max_length=64)
    start = models.DateTimeField()
    agreed_offset = models.SmallIntegerField(null=True)  # of its zone from UTC then, in minutes
    shift = models.DurationField(default=timedelta)
    skipped = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = SeriesQuerySet.as_manager()

    class Meta:
        ordering = ["start", "id"]
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return f"{self.service} {self.recurrence}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)

    @property
    def clock(self) -> time:
        """What the wall clock showed at its start when it was booked, whatever its rules now."""
        if self.agreed_offset is None:
            return self.start.astimezone(self.zone).time()
        return (self.start + timedelta(minutes=self.agreed_offset)).time()

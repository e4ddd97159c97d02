"""A provider's willingness: week hours, special days, time off, and what calendars elsewhere say.

Hours are local times in the provider's zone; all else are instants, half-open.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

from openslot.accounts.models import Provider


class WorkingHours(models.Model):
    """A span of the week. `end` at or before `start` runs past midnight; equal is the whole day."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="working_hours")
    weekday = models.PositiveSmallIntegerField()  # ISO 8601: Monday is 1
    start = models.TimeField()
    end = models.TimeField()
    since = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["weekday", "start"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(weekday__gte=1, weekday__lte=7),
                name="working_hours_on_a_day_of_the_week",
            ),
            models.UniqueConstraint(
                fields=["provider", "weekday", "start"], name="working_hours_start_once"
            ),
        ]


class SpecialHours(models.Model):
    """What replaces the week's hours on one date; without spans the day is closed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="special_hours")
    date = models.DateField()
    spans = models.JSONField(default=list)  # [["09:00", "12:30"], …] like the week's
    since = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["date"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "date"], name="special_hours_once_for_each_date"
            )
        ]


class TimeOff(models.Model):
    """When the provider is away, once or by a rule; `spans` holds every occurrence."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="time_off")
    start = models.DateTimeField()
    end = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)
    recurrence = models.CharField(max_length=500, blank=True)  # an RFC 5545 RRULE value
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["start", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end__gt=models.F("start")), name="time_off_ends_after_its_start"
            )
        ]


class TimeOffSpan(models.Model):
    """One occurrence of a time off, in instants: what free time subtracts."""

    time_off = models.ForeignKey(TimeOff, on_delete=models.CASCADE, related_name="spans")
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="+")
    start = models.DateTimeField()
    end = models.DateTimeField()
    since = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["start"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end__gt=models.F("start")),
                name="time_off_span_ends_after_its_start",
            )
        ]
        indexes = [models.Index(fields=["provider", "end", "start"], name="time_off_span_to_come")]


class Busy(models.Model):
    """Time taken elsewhere, as a calendar says: where it comes from and when, no titles."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="busy")
    source = models.CharField(max_length=200)
    key = models.CharField(max_length=1024)
    start = models.DateTimeField()
    end = models.DateTimeField()

    class Meta:
        verbose_name_plural = "busy"
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "source", "key"], name="busy_once_for_each_key"
            ),
            models.CheckConstraint(
                condition=models.Q(end__gt=models.F("start")), name="busy_ends_after_its_start"
            ),
        ]
        indexes = [models.Index(fields=["provider", "end", "start"], name="busy_to_come")]


class Stood(models.Model):
    """What stood from `since` until `until`: past days are counted by it (history.py)."""

    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        abstract = True


class FormerHours(Stood):
    """A span of the week that was replaced."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="+")
    weekday = models.PositiveSmallIntegerField()
    start = models.TimeField()
    end = models.TimeField()

    class Meta:
        indexes = [models.Index(fields=["provider", "until"], name="former_hours_stood")]


class FormerSpecialHours(Stood):
    """A special day that was changed or given back."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="+")
    date = models.DateField()
    spans = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["provider", "date"], name="former_special_hours_of_date")]


class FormerTimeOff(Stood):
    """An occurrence of a time off that was given back or moved; its reason is not kept."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="+")
    start = models.DateTimeField()
    end = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["provider", "end"], name="former_time_off_was")]

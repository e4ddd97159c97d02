"""An appointment, and what may not be true of any two of them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from openslot.accounts.models import Customer, LocationKind, Person, Provider, User
from openslot.appointments.models.naming import ForSomebody
from openslot.appointments.models.querysets import AppointmentQuerySet
from openslot.appointments.models.series import Series
from openslot.appointments.models.statuses import ACTIVE, Role, Status
from openslot.catalog.models import Service
from openslot.kernel.fields import SpansField, money
from openslot.kernel.timerange import Span


class During(models.Func):
    """`tstzrange(start, end)`: half-open, the shape every constraint speaks of."""

    function = "tstzrange"
    output_field = models.Field()


class Appointment(ForSomebody):
    """A service promised to a customer from `start` to `end`.

    `held` is the time it takes from its provider: widened by its buffers and, while a new time
    is proposed, that one's too. `attendee` is the account whose own time it takes: nobody's where a
    guest has it, and where its provider put it over something else that the customer has, of which
    the provider learns nothing.

    `start` was agreed by the wall clock of `agreed_zone`, so far from UTC. Where the rules of that
    zone are others by now, `clock_start` is when its clocks show what was agreed; the appointment
    stays at `start` until its provider has answered (`appointments/clocks`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="appointments")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="appointments")
    attendee = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    service = models.ForeignKey(
        Service, on_delete=models.PROTECT, related_name="appointments", db_index=False
    )
    series = models.ForeignKey(
        Series, null=True, blank=True, on_delete=models.PROTECT, related_name="occurrences"
    )
    series_start = models.DateTimeField(null=True, blank=True)  # by the rule; it never changes
    start = models.DateTimeField()
    end = models.DateTimeField()
    buffer_before_minutes = models.PositiveIntegerField(default=0)
    buffer_after_minutes = models.PositiveIntegerField(default=0)
    held = SpansField()
    status = models.CharField(max_length=9, choices=Status)
    price = money(max_digits=14)
    price_rule = models.JSONField(default=dict)
    location_kind = models.CharField(max_length=12, choices=LocationKind)
    location_text = models.CharField(max_length=500, blank=True)
    notes = models.TextField(max_length=2000, blank=True)
    answers = models.JSONField(default=list, db_default=[], blank=True)  # as asked at the time
    uninvited = models.BooleanField(default=False)  # made for somebody who had never booked there
    depends_on = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="dependents"
    )
    needs_attention = models.BooleanField(default=False)
    proposed_start = models.DateTimeField(null=True)
    proposed_end = models.DateTimeField(null=True)
    proposed_by = models.CharField(max_length=8, choices=Role, blank=True)
    proposal_expires_at = models.DateTimeField(null=True)
    proposal_dependents = models.CharField(max_length=6, blank=True)  # what becomes of them then
    expires_at = models.DateTimeField(null=True)  # of a pending one: when its answer is due
    agreed_zone = models.CharField(max_length=64, blank=True, default="", db_default="")
    agreed_offset = models.SmallIntegerField(null=True)  # of that zone from UTC then, in minutes
    clock_start = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    sequence = models.PositiveIntegerField(default=0)  # RFC 5545: raised when the time changes
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now)

    # Of those that `requests` finds: what each stands for.
    dates: int = 1
    last_start: datetime
    total_amount: Decimal

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["start", "id"]
        constraints = [
            ExclusionConstraint(
                name="appointment_provider_free",
                expressions=[("provider", "="), ("held", "&&")],
                condition=Q(status__in=ACTIVE),
                deferrable=models.Deferrable.IMMEDIATE,
            ),
            ExclusionConstraint(
                name="appointment_customer_free",
                expressions=[("attendee", "="), (During("start", "end"), "&&")],
                condition=Q(status__in=ACTIVE),
                deferrable=models.Deferrable.IMMEDIATE,
            ),
            models.CheckConstraint(
                condition=Q(end__gt=F("start")), name="appointment_ends_after_its_start"
            ),
            models.CheckConstraint(
                condition=Q(
                    start__gt=datetime(1999, 12, 31, tzinfo=UTC),
                    end__lt=datetime(2201, 1, 1, tzinfo=UTC),
                ),
                name="appointment_bounds_are_finite",
            ),
            models.CheckConstraint(
                condition=Q(
                    proposed_start__isnull=True,
                    proposed_end__isnull=True,
                    proposal_expires_at__isnull=True,
                    proposed_by="",
                )
                | Q(
                    proposed_start__isnull=False,
                    proposed_end__gt=F("proposed_start"),
                    proposal_expires_at__isnull=False,
                    proposed_by__in=("customer", "provider"),
                ),
                name="appointment_proposal_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(proposed_start__isnull=True) | Q(status__in=ACTIVE),
                name="appointment_proposal_only_while_active",
            ),
            models.CheckConstraint(
                condition=Q(series__isnull=True, series_start__isnull=True)
                | Q(series__isnull=False, series_start__isnull=False),
                name="appointment_in_a_series_has_its_place_there",
            ),
            models.UniqueConstraint(
                fields=["series", "series_start"], name="appointment_once_for_each_date_of_a_series"
            ),
        ]
        indexes = [
            models.Index(fields=["provider", "start"], name="appointment_of_provider"),
            models.Index(fields=["customer", "start"], name="appointment_of_customer"),
            models.Index(
                fields=["expires_at"],
                condition=Q(status=Status.PENDING),
                name="appointment_request_due",
            ),
            models.Index(
                fields=["proposal_expires_at"],
                condition=Q(proposed_start__isnull=False),
                name="appointment_proposal_due",
            ),
            models.Index(
                fields=["end"],
                condition=Q(status=Status.CONFIRMED),
                name="appointment_completion_due",
            ),
            models.Index(
                fields=["provider", "start"],
                condition=Q(needs_attention=True),
                name="appointment_needs_attention",
            ),
            models.Index(
                fields=["provider", "created_at"],
                condition=Q(uninvited=True),
                name="appointment_for_strangers",
            ),
            models.Index(
                fields=["provider", "start"],
                condition=Q(clock_start__isnull=False),
                name="appointment_beside_its_clock",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.start:%Y-%m-%d %H:%M}Z"

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE

    @property
    def duration(self) -> timedelta:
        return self.end - self.start

    @property
    def proposed(self) -> Span | None:
        if self.proposed_start is None or self.proposed_end is None:
            return None
        return Span(self.proposed_start, self.proposed_end)

    @property
    def buffers(self) -> tuple[timedelta, timedelta]:
        return (
            timedelta(minutes=self.buffer_before_minutes),
            timedelta(minutes=self.buffer_after_minutes),
        )

    def hold(self) -> None:
        """Set `held` to what the appointment takes from its provider as it stands."""
        before, after = self.buffers
        spans = [self.span] if self.proposed is None else [self.span, self.proposed]
        self.held = [span.widened(before=before, after=after) for span in spans]

    def role_of(self, user: Person) -> Role | None:
        """The user's part in it; the provider's where somebody is both."""
        if isinstance(user, Customer):
            return Role.CUSTOMER if self.customer_id == user.pk else None
        if user.pk is not None and self.provider.user_id == user.pk:
            return Role.PROVIDER
        if user.pk is not None and self.customer.user_id == user.pk:
            return Role.CUSTOMER
        return None

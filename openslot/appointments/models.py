"""The promise: appointments, what may not be true of any two of them, and their history."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Case, Count, F, Max, Min, Q, Sum, When, Window
from django.db.models.functions import Coalesce, RowNumber
from django.utils import timezone

from openslot.accounts.models import Customer, LocationKind, Provider, User
from openslot.catalog.models import Service
from openslot.kernel.fields import SpansField, money
from openslot.kernel.timerange import Span


class Status(models.TextChoices):
    PENDING = "pending", "Waiting for an answer"
    CONFIRMED = "confirmed", "Confirmed"
    COMPLETED = "completed", "Completed"
    NO_SHOW = "no_show", "No-show"
    DECLINED = "declined", "Declined"
    CANCELLED = "cancelled", "Cancelled"
    EXPIRED = "expired", "Expired"


ACTIVE = (Status.PENDING, Status.CONFIRMED)
DROPPED = (Status.DECLINED, Status.CANCELLED, Status.EXPIRED)


class Role(models.TextChoices):
    """In which part somebody acts on an appointment."""

    CUSTOMER = "customer", "Customer"
    PROVIDER = "provider", "Provider"
    SYSTEM = "system", "OpenSlot"


class Way(models.TextChoices):
    """By what way an act came; a calendar that is kept in step knows its own echo by it."""

    UNKNOWN = "unknown", "Unknown"  # acts of before it was noted
    PAGE = "page", "Page"
    API = "api", "API"
    LINK = "link", "Link for a guest"
    GOOGLE = "google", "Google Calendar"
    CLOCK = "clock", "By itself"


class During(models.Func):
    """`tstzrange(start, end)`: half-open, the shape every constraint speaks of."""

    function = "tstzrange"
    output_field = models.Field()


DUE = Coalesce("proposal_expires_at", "expires_at")  # when the answer to it is
# What is answered as one: the pending dates of a series, or else a single appointment.
REQUEST = Case(When(proposed_by="", then=Coalesce("series_id", "id")), default="id")


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def visible_to(self, user: User) -> AppointmentQuerySet:
        """Those in which the user is customer or provider; the only way doors fetch them."""
        customers = Customer.objects.filter(user=user).values("pk")
        providers = Provider.objects.filter(user=user).values("pk")
        return self.filter(
            Q(customer__any=ArraySubquery(customers)) | Q(provider__any=ArraySubquery(providers))
        )

    def as_customer(self, user: User) -> AppointmentQuerySet:
        return self.filter(customer__user=user)

    def as_provider(self, user: User) -> AppointmentQuerySet:
        # One value rather than a join: the index by provider and start then gives the order, too.
        return self.filter(provider=Provider.objects.filter(user=user).values("pk")[:1])

    def active(self) -> AppointmentQuerySet:
        return self.filter(status__in=ACTIVE)

    def pending(self) -> AppointmentQuerySet:
        return self.filter(status=Status.PENDING)

    def upcoming(self, now: datetime) -> AppointmentQuerySet:
        """Active and not over yet, soonest first."""
        return self.active().filter(end__gt=now).order_by("start", "id")

    def past(self, now: datetime) -> AppointmentQuerySet:
        """Over or ended, latest first."""
        return self.filter(Q(end__lte=now) | ~Q(status__in=ACTIVE)).order_by("-start", "-id")

    def overlapping(self, span: Span) -> AppointmentQuerySet:
        return self.filter(start__lt=span.end, end__gt=span.start)

    def touching(self, span: Span) -> AppointmentQuerySet:
        """Those that lie in a span, or whose proposed time does."""
        return self.filter(
            Q(start__lt=span.end, end__gt=span.start)
            | Q(proposed_start__lt=span.end, proposed_end__gt=span.start)
        )

    def by_start(self) -> AppointmentQuerySet:
        return self.order_by("start", "id")

    def awaiting_provider(self, now: datetime) -> AppointmentQuerySet:
        """Requests and customers' proposals, still to answer; the first to expire first."""
        return (
            self.active()
            .filter(
                Q(proposed_by=Role.CUSTOMER, proposal_expires_at__gt=now)
                | Q(status=Status.PENDING, proposed_by="", expires_at__gt=now)
            )
            .order_by(DUE, "id")
        )

    def requests(self) -> AppointmentQuerySet:
        """One for each request among these, the first to expire first; a series is one request.

        Its earliest date stands for all of them: `dates` is how many they are, `last_start` when
        the last of them begins, `total_amount` their price, `due` when the first of them expires.
        """
        price = Sum("price", output_field=models.DecimalField())
        stands_for: dict[str, Window] = {
            "dates": Window(Count("id"), partition_by=REQUEST),
            "last_start": Window(Max("start"), partition_by=REQUEST),
            "total_amount": Window(price, partition_by=REQUEST),
        }
        found = self.annotate(
            place=Window(RowNumber(), partition_by=REQUEST, order_by=["start", "id"]),
            due=Window(Min(DUE), partition_by=REQUEST),
        )
        return found.filter(place=1).order_by("due", "id").annotate(**stands_for)

    def count_requests(self) -> int:
        """How many `requests` there are, without looking at each."""
        found: int = self.order_by().aggregate(found=Count(REQUEST, distinct=True))["found"]
        return found

    def with_people(self) -> AppointmentQuerySet:
        """With all that a card or an answer shows, in the same query."""
        return self.select_related("provider__user", "customer__user", "service")

    def with_series(self) -> AppointmentQuerySet:
        """With their series, and how many appointments each of those has: `made`."""
        found = Series.objects.annotate(made=Count("occurrences"))
        return self.prefetch_related(models.Prefetch("series", found))


class SeriesQuerySet(models.QuerySet["Series"]):
    def visible_to(self, user: User) -> SeriesQuerySet:
        """Those in which the user is customer or provider; the only way doors fetch them."""
        return self.filter(Q(customer__user=user) | Q(provider__user=user))


class ForSomebody(models.Model):
    """What is booked for a customer, under the name that they had when it was made."""

    booked_as = models.CharField(max_length=401, blank=True)  # the name given, of a guest

    class Meta:
        abstract = True

    @property
    def customer_name(self) -> str:
        """What its provider may call the customer: the account's name, or the one given."""
        customer: Customer = self.customer  # type: ignore[attr-defined]
        return customer.name if customer.user is not None else self.booked_as or customer.name


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


class Appointment(ForSomebody):
    """A service promised to a customer from `start` to `end`.

    `held` is the time it takes from its provider: widened by its buffers and, while a new time
    is proposed, that one's too. `attendee` is the account whose own time it takes: nobody's where a
    guest has it, and where its provider put it over something else that the customer has, of which
    the provider learns nothing.
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
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.start:%Y-%m-%d %H:%M}Z"

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)

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

    def role_of(self, user: User) -> Role | None:
        """The user's part in it; the provider's where somebody is both."""
        if user.pk is not None and self.provider.user_id == user.pk:
            return Role.PROVIDER
        if user.pk is not None and self.customer.user_id == user.pk:
            return Role.CUSTOMER
        return None


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

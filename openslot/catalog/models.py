"""What is sold: categories, services and their prices."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from openslot.accounts.models import Listing, LocationKind, Provider, between
from openslot.kernel.fields import money
from openslot.kernel.folding import PROSE, FoldedField

# With these an installation begins (migration 0003); what its operator calls others is theirs.
STARTING = (
    gettext_noop("Health & medicine"),
    gettext_noop("Therapy & counselling"),
    gettext_noop("Dental care"),
    gettext_noop("Massage & wellness"),
    gettext_noop("Hair & barber"),
    gettext_noop("Beauty & nails"),
    gettext_noop("Fitness & sports"),
    gettext_noop("Tutoring & lessons"),
    gettext_noop("Music"),
    gettext_noop("Legal advice"),
    gettext_noop("Tax & finance"),
    gettext_noop("Coaching & careers"),
    gettext_noop("Home & repairs"),
    gettext_noop("Pets & vets"),
    gettext_noop("Photography"),
)


class Category(models.Model):
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    icon = models.CharField(max_length=40, default="calendar-check")
    position = models.PositiveSmallIntegerField(default=0)
    providers = models.ManyToManyField(Provider, related_name="categories", blank=True)

    class Meta:
        ordering = ["position", "slug"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """Its name in the reader's language where it is one of `STARTING`, else as it is kept."""
        return gettext(self.name) if self.name in STARTING else self.name


class Pricing(models.TextChoices):
    FIXED = "fixed", _("Fixed price")
    HOURLY = "hourly", _("By the hour")


class ServiceQuerySet(models.QuerySet["Service"]):
    def kept(self) -> ServiceQuerySet:
        """Those that their provider has not removed."""
        return self.filter(removed_at__isnull=True)

    def offered(self) -> ServiceQuerySet:
        """Those that customers can book."""
        return self.kept().filter(
            active=True,
            provider__active=True,
            provider__listing=Listing.LISTED,
            provider__user__is_active=True,
        )


class Service(models.Model):
    """What a provider sells. `tariff` is the price, or the rate of an hour.

    A removed service stays for the appointments that name it and is shown nowhere else.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="services")
    category = models.ForeignKey(
        Category, null=True, blank=True, on_delete=models.SET_NULL, related_name="services"
    )
    name = models.CharField(max_length=200)
    description = models.TextField(max_length=2000, blank=True)
    duration_minutes = models.PositiveIntegerField(validators=between(1, 1440))
    pricing = models.CharField(max_length=6, choices=Pricing, default=Pricing.FIXED)
    tariff = money(max_digits=12)
    location_kind = models.CharField(max_length=12, choices=LocationKind, blank=True)
    location_text = models.CharField(max_length=500, blank=True)
    buffer_before_minutes = models.PositiveIntegerField(
        null=True, blank=True, validators=between(0, 1440)
    )
    buffer_after_minutes = models.PositiveIntegerField(
        null=True, blank=True, validators=between(0, 1440)
    )
    requires = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="required_by"
    )
    requires_min_days = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(3650)]
    )
    requires_max_days = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(3650)]
    )
    # Whether customers may book a series of it; its provider always may.
    recurring = models.BooleanField(default=True, db_default=True)
    # What whoever books it is asked (catalog/questions.py), and what they are told once it is.
    questions = models.JSONField(default=list, db_default=[], blank=True)
    instructions = models.TextField(max_length=2000, blank=True, db_default="")
    active = models.BooleanField(default=True)
    removed_at = models.DateTimeField(null=True, editable=False)
    name_folded = FoldedField(source="name")
    about_folded = FoldedField(source="about", longest=PROSE, db_default="")

    objects = ServiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(duration_minutes__gte=1, duration_minutes__lte=1440),
                name="service_lasts_a_minute_to_a_day",
            ),
            models.CheckConstraint(
                condition=models.Q(tariff__gte=0), name="service_tariff_is_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    requires__isnull=True,
                    requires_min_days__isnull=True,
                    requires_max_days__isnull=True,
                )
                | models.Q(
                    requires__isnull=False,
                    requires_min_days__isnull=False,
                    requires_max_days__gte=models.F("requires_min_days"),
                ),
                name="service_requires_with_its_days",
            ),
            models.CheckConstraint(
                condition=models.Q(requires__isnull=True) | ~models.Q(requires=models.F("id")),
                name="service_does_not_require_itself",
            ),
        ]
        indexes = [
            GinIndex(fields=["name_folded"], opclasses=["gin_trgm_ops"], name="service_words"),
            GinIndex(
                fields=["about_folded"], opclasses=["gin_trgm_ops"], name="service_about_words"
            ),
            models.Index(
                fields=["category", "provider"],
                condition=models.Q(active=True, removed_at__isnull=True),
                name="service_sold_in_category",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def about(self) -> str:
        """What it is, and where it takes place if not where its provider is."""
        return f"{self.location_text} {self.description}"

    @property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.duration_minutes)

    @property
    def buffers(self) -> tuple[timedelta, timedelta]:
        """The time kept free before and after: its own, or else the provider's."""
        before, after = self.buffer_before_minutes, self.buffer_after_minutes
        return (
            timedelta(minutes=self.provider.buffer_before_minutes if before is None else before),
            timedelta(minutes=self.provider.buffer_after_minutes if after is None else after),
        )

    @property
    def location(self) -> tuple[str, str]:
        """(kind, text): its own, or else the provider's."""
        if self.location_kind:
            return self.location_kind, self.location_text
        return self.provider.location_kind, self.provider.location_text

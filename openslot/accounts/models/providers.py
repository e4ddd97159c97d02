"""Who offers time, with the rules by which they are booked."""

from __future__ import annotations

import uuid
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from openslot.accounts import phones
from openslot.accounts.models.users import User
from openslot.kernel.folding import PROSE, FoldedField


class LocationKind(models.TextChoices):
    IN_PERSON = "in_person", _("At the provider's")
    VIDEO = "video", _("By video")
    PHONE = "phone", _("By phone")
    CUSTOMER = "customer", _("At the customer's")


class Confirmation(models.TextChoices):
    AUTOMATIC = "automatic", _("Confirm at once")
    MANUAL = "manual", _("I answer every request")


def between(low: int, high: int) -> list[Any]:
    return [MinValueValidator(low), MaxValueValidator(high)]


class Guests(models.TextChoices):
    ALLOWED = "allowed", _("Everybody can book")
    NONE = "none", _("Only who signs in can book")


class Listing(models.TextChoices):
    """Whether the operators let customers find somebody."""

    LISTED = "listed", _("Listed")
    WAITING = "waiting", _("Waits for approval")
    HIDDEN = "hidden", _("Hidden")


class ProviderQuerySet(models.QuerySet["Provider"]):
    def listed(self) -> ProviderQuerySet:
        """Those whom customers can find."""
        return self.filter(active=True, listing=Listing.LISTED, user__is_active=True)


class Provider(models.Model):
    """Who offers time, with the rules of booking. Erased people leave a nameless provider."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(User, null=True, on_delete=models.SET_NULL, related_name="provider")
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    headline = models.CharField(max_length=200, blank=True)
    bio = models.TextField(max_length=2000, blank=True)
    photo = models.ImageField(upload_to="photos/providers/", blank=True)
    timezone = models.CharField(max_length=64)
    location_kind = models.CharField(
        max_length=12, choices=LocationKind, default=LocationKind.IN_PERSON
    )
    location_text = models.CharField(max_length=500, blank=True)

    # What customers may call, in their mails; the account's own number is told to nobody.
    contact_phone = models.CharField(
        max_length=40, blank=True, db_default="", validators=[phones.validate]
    )

    buffer_before_minutes = models.PositiveIntegerField(default=0, validators=between(0, 1440))
    buffer_after_minutes = models.PositiveIntegerField(default=0, validators=between(0, 1440))
    minimum_notice_minutes = models.PositiveIntegerField(default=60, validators=between(0, 525_600))
    booking_window_days = models.PositiveIntegerField(default=60, validators=between(1, 1095))
    slot_step_minutes = models.PositiveIntegerField(default=30, validators=between(5, 1440))
    confirmation = models.CharField(max_length=9, choices=Confirmation, default=Confirmation.MANUAL)
    pending_expiry_hours = models.PositiveIntegerField(default=48, validators=between(0, 8760))
    cancellation_notice_hours = models.PositiveIntegerField(default=0, validators=between(0, 8760))
    complete_after_hours = models.PositiveIntegerField(default=24, validators=between(0, 8760))
    guests = models.CharField(max_length=7, choices=Guests, default=Guests.ALLOWED)
    daily_limit = models.PositiveIntegerField(null=True, blank=True, validators=between(1, 1000))
    pending_limit = models.PositiveIntegerField(null=True, blank=True, validators=between(1, 1000))
    active = models.BooleanField(default=True)
    # The operators' word (accounts/operating/listing.py), as `active` is the provider's own.
    listing = models.CharField(
        max_length=7,
        choices=Listing,
        default=Listing.LISTED,
        db_default=Listing.LISTED,
        editable=False,
    )
    # Origins of the sites that may show their booking in a frame.
    embed_sites = ArrayField(
        models.CharField(max_length=260), default=list, db_default=[], blank=True
    )
    created_at = models.DateTimeField(default=now, editable=False)
    # Another one after every write to what decides when they are free; the database draws it.
    revision = models.UUIDField(db_default=RandomUUID(), editable=False)
    name_folded = FoldedField(source="name")
    headline_folded = FoldedField(source="headline")
    about_folded = FoldedField(source="about", longest=PROSE, db_default="")

    objects = ProviderQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["name_folded", "id"], name="provider_by_name"),
            GinIndex(
                fields=["name_folded", "headline_folded"],
                opclasses=["gin_trgm_ops", "gin_trgm_ops"],
                name="provider_words",
            ),
            GinIndex(
                fields=["about_folded"], opclasses=["gin_trgm_ops"], name="provider_about_words"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def about(self) -> str:
        """Where they are, and what they say of themselves."""
        return f"{self.location_text} {self.bio}"

    @property
    def is_open(self) -> bool:
        """Whether they want to be booked, and may be."""
        return self.active and self.listing == Listing.LISTED


class FormerSlug(models.Model):
    """Where a provider was found before: that address leads on to theirs of now."""

    slug = models.SlugField(max_length=80, unique=True)
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="former_slugs")
    given_up_at = models.DateTimeField(default=now)

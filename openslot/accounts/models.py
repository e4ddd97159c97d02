"""People: users, the providers among them, and each provider's customers."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.fields.files import ImageFieldFile
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.timezone import now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openslot.accounts import phones
from openslot.accounts.addresses import AddressField, canonical
from openslot.kernel.folding import PROSE, FoldedField


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=canonical(username or ""))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=canonical(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who can sign in. Everybody may book; who also has a `provider` offers time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = AddressField(max_length=254)
    first_name = models.CharField(max_length=200, blank=True)
    last_name = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True, validators=[phones.validate])
    timezone = models.CharField(max_length=64, default="UTC")
    language = models.CharField(max_length=35, default="en")
    photo = models.ImageField(upload_to="photos/people/", blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=now)
    credentials_version = models.PositiveIntegerField(default=0, editable=False)
    # Whatever sessions there were before the last one are over (accounts/operating/suspending.py).
    suspensions = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_taken_whatever_the_capitals")
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name or self.email.partition("@")[0]

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session is good for: this password, and no suspension since."""
        salt = f"openslot.accounts.sessions.{self.suspensions}"
        if not self.suspensions:
            return super()._get_session_auth_hash(secret)  # type: ignore[misc, no-any-return]
        return salted_hmac(salt, self.password, secret=secret, algorithm="sha256").hexdigest()

    def set_password(self, raw_password: str | None) -> None:
        """What was handed out before a new password (the feed's address) ends with the old one."""
        super().set_password(raw_password)
        self.credentials_version += 1

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def is_provider(self) -> bool:
        return hasattr(self, "provider")

    @property
    def face(self) -> ImageFieldFile:
        """The picture that stands for them: their own, else that of their practice."""
        return self.photo or (self.provider.photo if self.is_provider else self.photo)


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


class CustomerQuerySet(models.QuerySet["Customer"]):
    def of(self, provider: Provider) -> CustomerQuerySet:
        return self.filter(provider=provider)


class Customer(models.Model):
    """Somebody as one provider knows them: with an account (`user`), or by a given name only.

    The provider's private notes and blocks stand here. Where there is an account its names are
    the ones shown; `first_name` and the others are what a guest or the provider gave. Nobody is
    mailed where there is no address.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="customers")
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="customers"
    )
    email = AddressField(max_length=254, blank=True)
    first_name = models.CharField(max_length=200, blank=True)
    last_name = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True, validators=[phones.validate])
    timezone = models.CharField(max_length=64, blank=True)  # a guest's own; else the provider's
    language = models.CharField(max_length=35, blank=True)  # likewise
    notes = models.TextField(max_length=2000, blank=True)
    blocked = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now, editable=False)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "user"], name="customer_once_for_each_provider_and_user"
            ),
            models.UniqueConstraint(
                "provider",
                Lower("email"),
                condition=models.Q(user__isnull=True) & ~models.Q(email=""),
                name="customer_once_for_each_provider_and_address",
            ),
        ]
        indexes = [
            models.Index(
                Lower("email"),
                condition=models.Q(user__isnull=True),
                name="customer_waiting_for_account",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What the provider may call them."""
        if self.user is not None:
            return self.user.get_full_name() or self.user.email
        return self.given_name or self.email or self.phone or gettext("Former customer")

    @property
    def given_name(self) -> str:
        """What the provider has called them."""
        return f"{self.first_name} {self.last_name}".strip()

    def zone(self) -> ZoneInfo:
        """Their own zone, or the provider's where a guest has said none."""
        if self.user is None and self.timezone:
            return ZoneInfo(self.timezone)
        return (self.user or self.provider).zone

    @property
    def is_nobody(self) -> bool:
        """Whether all that was known of them is forgotten."""
        return not (self.user_id or self.email or self.given_name or self.phone)


# Who has the customer's part in an appointment, or the provider's: an account, or a guest.
Person = User | Customer


class AddressCode(models.Model):
    """That digits were mailed to an address, and how often wrong ones were typed since."""

    email = AddressField(max_length=254, unique=True)
    nonce = models.UUIDField(default=uuid.uuid4)
    asked_at = models.DateTimeField(default=now)
    tries = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"digits asked for at {self.asked_at}"


class Wrong(models.TextChoices):
    """What somebody says is wrong with a provider's page."""

    FALSE = "false", _("They are not who they say they are")
    FRAUD = "fraud", _("It is fraud, or unasked advertising")
    HARM = "harm", _("It insults, threatens or is against the law")
    OTHER = "other", _("Something else")


class Report(models.Model):
    """A visitor's word to the operators about a provider's page. Nobody else sees it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="reports")
    wrong = models.CharField(max_length=5, choices=Wrong)
    text = models.TextField(max_length=2000, blank=True)
    email = AddressField(max_length=254, blank=True)  # whom to answer, if they want that
    reported_at = models.DateTimeField(default=now, editable=False)
    settled_at = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return f"{self.provider}: {self.get_wrong_display()}"

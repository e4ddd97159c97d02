"""Whom a provider knows."""

from __future__ import annotations

import uuid
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models.functions import Lower
from django.utils.timezone import now
from django.utils.translation import gettext

from openslot.accounts import phones
from openslot.accounts.addresses import AddressField
from openslot.accounts.models.providers import Provider
from openslot.accounts.models.users import User


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

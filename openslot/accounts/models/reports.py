"""What visitors tell the operators of a provider's page."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from openslot.accounts.addresses import AddressField
from openslot.accounts.models.providers import Provider


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

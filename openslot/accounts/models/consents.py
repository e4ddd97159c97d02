"""What people agreed to."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import MD5
from django.utils.timezone import now

from openslot.accounts.models.customers import Customer
from openslot.accounts.models.users import User


class Consent(models.Model):
    """What somebody agreed to, with an account or as a guest: words, version, and when."""

    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="consents")
    customer = models.ForeignKey(
        Customer, null=True, on_delete=models.CASCADE, related_name="consents"
    )
    version = models.CharField(max_length=40)
    text = models.TextField()
    url = models.TextField(blank=True)
    at = models.DateTimeField(default=now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user__isnull=True) ^ models.Q(customer__isnull=True),
                name="consent_is_of_one_person",
            ),
            models.UniqueConstraint(
                *("user", "version", MD5("text"), MD5("url")),
                name="consent_once_for_each_user_and_wording",
            ),
            models.UniqueConstraint(
                *("customer", "version", MD5("text"), MD5("url")),
                name="consent_once_for_each_guest_and_wording",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version}, {self.at:%Y-%m-%d}"

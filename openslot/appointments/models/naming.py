"""What the provider calls a customer on what was booked for them."""

from __future__ import annotations

from django.db import models

from openslot.accounts.models import Customer


class ForSomebody(models.Model):
    """What is booked for a customer, under the name that they had when it was made."""

    customer: models.ForeignKey[Customer, Customer]
    booked_as = models.CharField(max_length=401, blank=True)  # the name given, of a guest

    class Meta:
        abstract = True

    @property
    def customer_name(self) -> str:
        """What its provider may call the customer: the account's name, or the one given."""
        if self.customer.user is not None:
            return self.customer.name
        return self.booked_as or self.customer.name

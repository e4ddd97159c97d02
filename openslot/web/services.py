"""What a provider sells: the list, and one to make, change or remove."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from babel.numbers import get_currency_name
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from openslot.accounts.models import LocationKind, Provider
from openslot.catalog import offering, pricing
from openslot.catalog.models import Category, Pricing, Service, ServiceQuerySet
from openslot.web import errors
from openslot.web.providers_only import DeskRequest, for_providers

COMMON = ("EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "JPY", "CAD", "AUD")


def currencies() -> list[tuple[str, str]]:
    return [(code, f"{code} {get_currency_name(code, locale='en')}") for code in COMMON]


class ServiceForm(forms.Form):
    name = forms.CharField(max_length=200)
    description = forms.CharField(
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What happens, what to bring, whom it is for.",
    )
    category = forms.ModelChoiceField(
        Category.objects.all(), to_field_name="slug", required=False, empty_label="None"
    )
    duration_minutes = forms.IntegerField(
        label="Length (minutes)", min_value=1, max_value=1440, initial=60
    )
    pricing = forms.ChoiceField(
        label="The price is",
        choices=[(Pricing.FIXED, "for one appointment"), (Pricing.HOURLY, "for an hour")],
        initial=Pricing.FIXED,
        widget=forms.RadioSelect,
    )
    amount = forms.DecimalField(
        label="Price", min_value=0, max_digits=12, decimal_places=4, help_text="0: free of charge."
    )
    currency = forms.ChoiceField(choices=currencies)
    location_kind = forms.ChoiceField(
        label="Where", choices=[("", "As on my page"), *LocationKind.choices], required=False
    )
    location_text = forms.CharField(
        label="Address, link or number", max_length=500, required=False
    )
    buffer_before_minutes = forms.IntegerField(
        label="Kept free before (minutes)", min_value=0, max_value=1440, required=False
    )
    buffer_after_minutes = forms.IntegerField(
        label="Kept free after (minutes)", min_value=0, max_value=1440, required=False
    )
    requires = forms.ModelChoiceField(
        Service.objects.none(),
        label="Comes after",
        required=False,
        empty_label="Nothing, it can be booked by itself",
    )
    requires_min_days = forms.IntegerField(
        label="At least (days later)", min_value=0, max_value=3650, required=False
    )
    requires_max_days = forms.IntegerField(
        label="At most (days later)", min_value=0, max_value=3650, required=False
    )
    active = forms.BooleanField(
        label="Customers can book it",
        required=False,
        initial=True,
        help_text="Switched off, it is shown nowhere. What is booked stays.",
    )

    def __init__(self, *args: Any, provider: Provider, service: Service | None, **more: Any):
        super().__init__(*args, **more)
        others = own(provider).exclude(pk=service.pk if service else None)
        field = self.fields["requires"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (for the type checker)
        field.queryset = others
        for name, theirs in (
            ("buffer_before_minutes", provider.buffer_before_minutes),
            ("buffer_after_minutes", provider.buffer_after_minutes),
        ):
            self.fields[name].help_text = f"Empty: {theirs}, as on your page."

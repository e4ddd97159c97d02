"""Form fields for what the domain speaks of: instants, dates, zones."""

from __future__ import annotations

import functools
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from openslot.kernel import timerange
from openslot.kernel.errors import Invalid
from openslot.kernel.rows import columns


class InstantField(forms.DateTimeField):
    """A moment, in UTC; one without an offset is read in the active zone."""

    def clean(self, value: Any) -> datetime | None:
        moment: datetime | None = super().clean(value)
        if moment is None:
            return None
        try:
            return timerange.bounded(moment, field="at")
        except (Invalid, OverflowError) as error:
            raise ValidationError("This lies too far away.") from error


class DayField(forms.DateField):
    """A date of the years that appointments may lie in."""

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day is not None and not timerange.EARLIEST.year < day.year < timerange.LATEST.year:
            raise ValidationError("This lies too far away.")
        return day


class ZoneField(forms.ChoiceField):
    """A time zone by its IANA name, parted by region."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=zone_choices, **options)


@functools.cache
def zone_choices() -> list[tuple[str, Any]]:
    """Every zone, those of a region together; "" is chosen where none is known."""
    names = sorted(timerange.zone_names(), key=lambda name: (_region(name), name))
    return [
        (region, [(name, name.replace("_", " ")) for name in group])
        for region, group in groupby(names, key=_region)
    ]


def _region(name: str) -> str:
    region, slash, _ = name.partition("/")
    return region if slash else "Other"


def of_column(column: models.Field[Any, Any], *, label: str, help_text: str) -> forms.Field:
    """The field that is what its column is: its bounds, choices and emptiness."""
    if column.choices:
        return forms.ChoiceField(
            label=label, help_text=help_text, choices=column.choices, widget=forms.RadioSelect
        )
    if isinstance(column, models.BooleanField):
        return forms.BooleanField(label=label, help_text=help_text, required=False)
    if isinstance(column, columns.TEXTS):
        return forms.CharField(
            label=label,
            help_text=help_text,
            max_length=column.max_length,
            required=not column.blank,
            widget=forms.Textarea if isinstance(column, models.TextField) else forms.TextInput,
        )
    low, high = columns.bounds(column)
    return forms.IntegerField(
        label=label, help_text=help_text, min_value=low, max_value=high, required=not column.null
    )

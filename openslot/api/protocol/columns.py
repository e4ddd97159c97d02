"""Fields that are what their column is: its bounds, choices and emptiness, said once."""

from __future__ import annotations

from typing import Any

from django.db import models
from rest_framework import serializers

from openslot.kernel import columns


def told(column: models.Field[Any, Any]) -> serializers.Field[Any, Any, Any, Any]:
    """The field of an answer."""
    if column.choices:
        return serializers.ChoiceField(choices=column.choices)
    if isinstance(column, models.BooleanField):
        return serializers.BooleanField()
    return serializers.IntegerField(**_emptiness(column))


def taken(column: models.Field[Any, Any]) -> serializers.Field[Any, Any, Any, Any]:
    """The field of a request, which may leave it out."""
    if column.choices:
        return serializers.ChoiceField(choices=column.choices, required=False)
    if isinstance(column, models.BooleanField):
        return serializers.BooleanField(required=False)
    low, high = columns.bounds(column)
    return serializers.IntegerField(
        required=False, min_value=low, max_value=high, **_emptiness(column)
    )


def _emptiness(column: models.Field[Any, Any]) -> dict[str, Any]:
    return {"allow_null": True} if column.null else {}

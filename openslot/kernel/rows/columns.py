"""What a column may hold, for the doors to make their fields of."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import CharField, Field, TextField

TEXTS = (CharField, TextField)


def bounds(column: Field[Any, Any]) -> tuple[int, int]:
    """The least and the greatest number that a column takes, by its validators."""
    checks = column.validators
    low = max(each.limit_value for each in checks if isinstance(each, MinValueValidator))
    high = min(each.limit_value for each in checks if isinstance(each, MaxValueValidator))
    return low, high

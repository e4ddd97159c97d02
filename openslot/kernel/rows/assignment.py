"""Setting the columns of a row from what somebody sent, as far as the columns allow."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Field, Model
from django.utils.translation import gettext

from openslot.kernel.errors import Invalid


def assign(row: Model, values: Mapping[str, Any], *, allowed: Collection[str]) -> list[str]:
    """Set columns to values within their bounds, lengths and choices; the names of those set.

    Raises `Invalid` with every value that does not fit, and sets nothing then.
    """
    errors: dict[str, list[str]] = {}
    cleaned: dict[str, Any] = {}
    for name, value in values.items():
        if name not in allowed:
            raise FieldDoesNotExist(name)
        try:
            cleaned[name] = _cleaned(row, name, value)
        except ValidationError as exc:
            errors[name] = list(exc.messages)
    if errors:
        raise Invalid(**errors)
    for name, value in cleaned.items():
        setattr(row, name, value)
    return list(cleaned)


def _cleaned(row: Model, name: str, value: Any) -> Any:
    column = row._meta.get_field(name)
    if not isinstance(column, Field):
        raise FieldDoesNotExist(name)
    if isinstance(value, str):
        value = value.strip()
        if "\x00" in value:
            raise ValidationError(gettext("Null characters are not allowed."))
        if column.max_length is not None and len(value) > column.max_length:
            raise ValidationError(
                gettext("At most {max_length} characters.").format(max_length=column.max_length)
            )
    return column.clean(value, row)

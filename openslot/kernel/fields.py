"""Columns that Django does not have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from djmoney.models.fields import MoneyField
from moneyed import Money
from psycopg.types.multirange import TimestamptzMultirange
from psycopg.types.range import TimestamptzRange

from openslot.kernel.timerange import Span


class SpansField(models.Field):  # type: ignore[type-arg]
    """Spans of time as a `tstzmultirange`; in Python a list of `Span`.

    PostgreSQL merges touching spans: never read back where one of several ended.
    """

    def db_type(self, connection: Any) -> str:  # noqa: ARG002
        return "tstzmultirange"

    def get_prep_value(self, value: Iterable[Span] | None) -> TimestamptzMultirange | None:
        return None if value is None else as_multirange(value)

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> list[Span] | None:
        return None if value is None else [Span(part.lower, part.upper) for part in value]


def money(*, max_digits: int) -> models.Field[Money, Money]:
    """An amount with its currency beside it; four digits, for no currency has more."""
    field: models.Field[Money, Money] = MoneyField(  # type: ignore[no-untyped-call]
        max_digits=max_digits, decimal_places=4, default_currency="EUR"
    )
    return field


def as_multirange(spans: Iterable[Span]) -> TimestamptzMultirange:
    return TimestamptzMultirange([TimestamptzRange(s.start, s.end, "[)") for s in spans])

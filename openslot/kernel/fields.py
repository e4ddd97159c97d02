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


@models.ForeignKey.register_lookup
class AnyOf(models.Lookup):
    """`customer__any=ArraySubquery(…)`: one of the ids that the subquery finds, found first.

    Where two of these are joined by OR, PostgreSQL reads both indexes; of two joins or two IN
    it makes a scan of the whole table.
    """

    lookup_name = "any"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} = ANY({right})", (*left_params, *right_params)


def money(*, max_digits: int) -> models.Field[Money, Money]:
    """An amount with its currency beside it; four digits, for no currency has more."""
    field: models.Field[Money, Money] = MoneyField(  # type: ignore[no-untyped-call]
        max_digits=max_digits, decimal_places=4, default_currency="EUR"
    )
    return field


def as_multirange(spans: Iterable[Span]) -> TimestamptzMultirange:
    return TimestamptzMultirange([TimestamptzRange(s.start, s.end, "[)") for s in spans])

"""Lists in pages, by queries that are composed once (composed.py)."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Generic, TypeVar

from django.db import models
from django.db.models import Count, Value

from openslot.kernel.rows.composed import Composed

M = TypeVar("M", bound=models.Model)


class Listed(Generic[M]):
    """A list as Django's paginator takes it: it is counted, and a part of it read.

    `rows` takes the form of the list, then from where to where, then the values; `counted` (of a
    query made by `number`) the same without the part.
    """

    def __init__(
        self, rows: Composed[M], counted: Composed[Any], *form: Hashable, **values: Any
    ) -> None:
        self._rows = rows
        self._counted = counted
        self._form = form
        self._values = values

    def count(self) -> int:
        [[count]] = self._counted.rows(*self._form, **self._values)
        return int(count)

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, part: slice) -> list[M]:
        if part.start == part.stop:  # of an empty list
            return []
        return self._rows.all(*self._form, part.start, part.stop, **self._values)


def number(rows: models.QuerySet[M]) -> models.QuerySet[M, Any]:
    """How many there are, as a query: one row that holds the number."""
    every = rows.order_by().annotate(every=Value(1)).values("every")
    counted: models.QuerySet[M, Any] = every.annotate(count=Count("pk")).values_list("count")
    return counted

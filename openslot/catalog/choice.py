"""What there is to choose from, all providers together: categories with how many are in each, and
currencies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import CharField, QuerySet, Value

from openslot.accounts.models import Provider
from openslot.catalog.models import Category, Service
from openslot.kernel.rows.composed import Composed


class Offer(NamedTuple):
    """What there is to choose from: every category with the number of providers listed in it, and
    the currencies in which they sell, that of most of them first.
    """

    categories: list[tuple[Category, int]]
    currencies: list[str]


def offer() -> Offer:
    """In two queries."""
    filed = FILED.rows()
    counts = Counter(category for category, _ in {row[:2] for row in filed})
    return Offer(
        categories=[(category, counts[category.pk]) for category in CATEGORIES.all()],
        currencies=_by_use((provider, currency) for _, provider, currency in filed),
    )


def category_counts() -> list[tuple[Category, int]]:
    """Every category with the number of providers listed in it, in two queries."""
    return offer().categories


def usual_currency() -> str:
    """That in which most providers sell; empty where nobody sells anything."""
    return next(iter(_by_use(row[1:] for row in FILED.rows())), "")


def _by_use(sold: Iterable[tuple[UUID, str]]) -> list[str]:
    """The currencies of what providers sell, that of most of them first."""
    used = Counter(currency for _, currency in set(sold) if currency)
    return sorted(used, key=lambda currency: (-used[currency], currency))


def named() -> QuerySet[Any]:
    """The categories that listed providers named, as pairs."""
    through: QuerySet[Any] = Category.providers.through.objects.filter(
        provider__in=Provider.objects.listed()
    )
    return through


# Which provider is found under which category, and in which currency they sell under it.
FILED: Composed[Any] = Composed(
    lambda: (
        named()
        .values_list("category_id", "provider_id", Value("", output_field=CharField()))
        .union(
            Service.objects.offered().values_list("category_id", "provider_id", "tariff_currency")
        )
    )
)
CATEGORIES: Composed[Category] = Composed(Category.objects.all)

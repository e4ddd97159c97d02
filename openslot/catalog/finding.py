"""Finding providers: by category, by words, by price.

What a provider's categories are stands here alone: those it named and those of its active
services. Search is for people: capitals and accents aside, best first, and where nothing has every
word, what is spelled alike.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import reduce
from operator import and_
from typing import Any, NamedTuple
from uuid import UUID

from babel.numbers import get_currency_precision
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import (
    Case,
    DecimalField,
    Exists,
    Expression,
    F,
    FloatField,
    Max,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest, Round
from django.utils.translation import gettext
from moneyed import CURRENCIES

from openslot.accounts.models import Provider, ProviderQuerySet
from openslot.catalog import choice, pricing
from openslot.catalog.models import Category, Pricing, Service
from openslot.kernel.errors import Invalid
from openslot.kernel.folding import folded

ORDERINGS = {
    "name": ("name_folded", "id"),
    "-name": ("-name_folded", "-id"),
    "price": ("from_price", "name_folded", "id"),
    "-price": ("-from_price", "name_folded", "id"),
}
WORDS = 8
SEARCH_MAX = 200  # characters
SHORTEST = 4  # letters of a word that has an ending
ALIKE = 0.5  # of 1: how alike a word must be to one that it is taken for
MANY = 1000  # matches that are ranked

DIGITS: dict[int, list[str]] = defaultdict(list)
for _code in CURRENCIES:
    DIGITS[get_currency_precision(_code)].append(_code)


class Group(NamedTuple):
    category: Category
    providers: list[Provider]


def providers(
    *,
    category: str | None = None,
    search: str | None = None,
    price_max: Decimal | None = None,
    currency: str | None = None,
    place: str | None = None,
    ordering: str = "name",
) -> ProviderQuerySet | list[Provider]:
    """The providers that fit, by name or as `ordering` says; with `search` a list, best first.

    Ready to be shown without another query. Raises `Invalid` for what cannot be understood.
    Prices are compared in one currency (`matching`), in their order too where it is named.
    """
    fitting = matching(category=category, price_max=price_max, currency=currency, place=place)
    if search and search.strip():
        return best(fitting, search=search, limit=MANY)
    return ready(ordered(fitting, ordering, currency=currency))


def matching(
    *,
    category: str | None = None,
    price_max: Decimal | None = None,
    currency: str | None = None,
    place: str | None = None,
) -> ProviderQuerySet:
    """The listed providers in a category, with an active service that costs at most so much and
    takes place in such a way (a `LocationKind`).

    An amount is one of a currency: without one, of that in which most providers sell. Who sells in
    others alone does not fit, unless it costs nothing. Raises `Invalid` for a currency that nobody
    can pay with.
    """
    if currency:
        pricing.check_currency(currency)
    rows = Provider.objects.listed()
    if category:
        rows = rows.filter(_in_category(category))
    if price_max is None and not place:
        return rows
    sold = _sold().filter(provider=OuterRef("pk"))
    if price_max is not None:
        compared = Q(tariff_currency=currency or choice.usual_currency()) | Q(tariff=0)
        sold = sold.annotate(costs=_price()).filter(compared, costs__lte=price_max)
    if place:
        anywhere = Q(location_kind="") & Q(provider__location_kind=place)
        sold = sold.filter(Q(location_kind=place) | anywhere)
    return rows.filter(Exists(sold))


def ordered(
    rows: ProviderQuerySet, ordering: str, *, currency: str | None = None
) -> ProviderQuerySet:
    """By `name`, or by the `price` of the cheapest service, in that currency; "-" turns it."""
    names = columns(ordering)
    if not ordering.endswith("price"):
        return rows.order_by(*names)
    priced = _sold().filter(tariff_currency=currency) if currency else _sold()
    cheapest = (
        priced.filter(provider=OuterRef("pk"))
        .order_by()
        .values("provider")
        .annotate(costs=Min(_price()))
        .values("costs")
    )
    # Who sells nothing (of that currency) comes last, whichever way.
    nothing = Value(Decimal(-1 if ordering.startswith("-") else 10**10))
    return rows.annotate(from_price=Coalesce(Subquery(cheapest), nothing)).order_by(*names)


def columns(ordering: str) -> tuple[str, ...]:
    """What `ordered` sorts by; unique as a whole. Raises `Invalid` for an unknown ordering."""
    try:
        return ORDERINGS[ordering]
    except KeyError as exc:
        raise Invalid(ordering=gettext("One of {join}.").format(join=", ".join(ORDERINGS))) from exc


def ready(rows: ProviderQuerySet) -> ProviderQuerySet:
    """With services and categories, in two queries more."""
    return rows.prefetch_related(
        Prefetch("services", queryset=_ready_services(), to_attr="sold"),
        Prefetch("categories", queryset=Category.objects.all(), to_attr="named"),
    )


def shown(keys: Sequence[UUID]) -> list[Provider]:
    """The providers of these ids, in this order, ready to be shown."""
    by_id = {provider.pk: provider for provider in ready(Provider.objects.filter(pk__in=keys))}
    return [by_id[pk] for pk in keys if pk in by_id]


def services_of(provider: Provider) -> list[Service]:
    """What the provider sells, by name; no query for one that is `ready`."""
    read: list[Service] | None = vars(provider).get("sold")
    if read is None:
        read = list(_ready_services().filter(provider=provider))
        vars(provider)["sold"] = read
    for service in read:
        service.provider = provider
    return read


def categories_of(provider: Provider) -> list[Category]:
    """Its categories, in the order of the catalogue; no query for one that is `ready`."""
    read: list[Category] | None = vars(provider).get("named")
    if read is None:
        read = list(provider.categories.all())
        vars(provider)["named"] = read
    sold = {service.category for service in services_of(provider) if service.category}
    return _in_order({*read, *sold})


def services_in(category: str | None) -> QuerySet[Service]:
    """What the providers of a category (None: all) sell there, with their providers.

    Who named the category but has filed nothing under it is there with everything.
    """
    sold = _sold().select_related("provider", "category")
    if category is None:
        return sold
    filed = _sold().filter(provider=OuterRef("provider"), category__slug=category)
    return sold.filter(provider__in=matching(category=category)).filter(
        Q(category__slug=category) | ~Exists(filed)
    )


def best(fitting: ProviderQuerySet, *, search: str, limit: int) -> list[Provider]:
    """At most `limit` of the providers of whom every word is said: in name, headline, place or
    bio, or in the names and descriptions of their services. Other forms of a word count.

    Best first: words in the name before words of services, those before what else is said.
    Where there are none, those that are spelled alike.
    """
    words = _words(search)
    if not words:
        return []
    rows = list(fitting.filter(_holding_all(words)).order_by("name_folded", "id")[:MANY])
    if rows:
        rows.sort(key=lambda row: (-_score(row, words), row.name_folded))
        return shown([row.pk for row in rows[:limit]])
    return shown(_alike(fitting, words, limit=limit))


def grouped(rows: Iterable[Provider], *, category: str | None = None) -> list[Group]:
    """The same providers under each of their categories, or under that one only.

    Groups stand in the order of the catalogue, none is empty.
    """
    groups: dict[Category, list[Provider]] = {}
    for provider in rows:
        for one in categories_of(provider):
            if not category or one.slug == category:
                groups.setdefault(one, []).append(provider)
    return [Group(one, groups[one]) for one in _in_order(groups)]


def _in_order(categories: Iterable[Category]) -> list[Category]:
    return sorted(categories, key=lambda category: (category.position, category.slug))


def _sold() -> QuerySet[Service]:
    return Service.objects.offered()


def _ready_services() -> QuerySet[Service]:
    return _sold().select_related("category").order_by("name_folded", "id")


def _in_category(slug: str) -> Q:
    named = choice.named().filter(category__slug=slug).values("provider_id")
    sold = _sold().filter(category__slug=slug).values("provider_id")
    return Q(pk__in=named) | Q(pk__in=sold)


def _price() -> Expression:
    """`pricing.price` in SQL: rounded half up to the minor unit of the currency."""
    exact = Case(
        When(pricing=Pricing.HOURLY, then=F("tariff") * F("duration_minutes") / Value(60)),
        default=F("tariff"),
        output_field=DecimalField(max_digits=20, decimal_places=8),
    )
    return Case(
        *(
            When(tariff_currency__in=codes, then=Round(exact, precision=digits))
            for digits, codes in DIGITS.items()
            if digits != 2  # noqa: PLR2004 (what most have)
        ),
        default=Round(exact, precision=2),
        output_field=DecimalField(max_digits=20, decimal_places=4),
    )


def _words(search: str) -> list[str]:
    if len(search) > SEARCH_MAX or "\x00" in search:
        raise Invalid(
            search=gettext("At most {search_max} characters.").format(search_max=SEARCH_MAX)
        )
    return list(dict.fromkeys(folded(search).split()))[:WORDS]


def _holding_all(words: Sequence[str]) -> Q:
    return reduce(and_, (_holding(word) for word in words))


def _holding(word: str) -> Q:
    """Beginnings and other forms of a word count; what holds it all holds its stem."""
    stem = _stem(word)
    named = Q(name_folded__contains=stem) | Q(about_folded__contains=stem)
    sold = _sold().filter(named).values("provider_id")
    return named | Q(headline_folded__contains=stem) | Q(pk__in=Subquery(sold))


def _stem(word: str) -> str:
    """A word without the ending that English gives to several: "knees" and "bodies" find "body"."""
    if len(word) < SHORTEST or word.endswith(("ss", "us", "is")):
        return word
    return word.removesuffix("ies") if word.endswith("ies") else word.removesuffix("s")


def _score(provider: Provider, words: Sequence[str]) -> int:
    return sum(_worth(provider, word) for word in words)


def _worth(provider: Provider, word: str) -> int:
    """How well one word fits: a word of the name, part of it, what they say of themselves, the
    names of services and what is said of those.
    """
    stem = _stem(word)
    if word in provider.name_folded.split():
        return 8
    if stem in provider.name_folded:
        return 6
    return 1 if stem in provider.headline_folded or stem in provider.about_folded else 3


def _alike(fitting: ProviderQuerySet, words: Sequence[str], *, limit: int) -> list[UUID]:
    likeness = {f"like_{n}": _likeness(word) for n, word in enumerate(words)}
    close = reduce(and_, (Q(**{f"{name}__gte": ALIKE}) for name in likeness))
    total: Any = sum((F(name) for name in likeness), start=Value(0.0))
    alike = fitting.annotate(**likeness).filter(close).annotate(likeness=total)
    return list(alike.order_by("-likeness", "name_folded").values_list("pk", flat=True)[:limit])


def _likeness(word: str) -> Expression:
    sold = (
        _sold()
        .filter(provider=OuterRef("pk"))
        .order_by()
        .values("provider")
        .annotate(alike=Max(TrigramWordSimilarity(word, "name_folded")))
        .values("alike")
    )
    return Greatest(
        TrigramWordSimilarity(word, "name_folded"),
        TrigramWordSimilarity(word, "headline_folded"),
        Coalesce(Subquery(sold, output_field=FloatField()), Value(0.0)),
    )

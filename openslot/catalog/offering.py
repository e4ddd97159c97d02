"""What a provider offers: its services, and the categories it stands in.

Every write locks the provider's row first, so that what services require of one another is
checked and kept in one go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple, TypedDict, Unpack
from uuid import UUID

from babel.numbers import get_currency_precision
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext
from moneyed import Money

from openslot.accounts import locks, people
from openslot.accounts.models import Provider, User
from openslot.catalog import pricing
from openslot.catalog.errors import StillRequired
from openslot.catalog.models import Category, Pricing, Service
from openslot.catalog.questions import Question, settled
from openslot.kernel.errors import Invalid
from openslot.kernel.rows.assignment import assign

COLUMNS = (
    "name",
    "description",
    "duration_minutes",
    "pricing",
    "location_kind",
    "location_text",
    "buffer_before_minutes",
    "buffer_after_minutes",
    "instructions",
    "recurring",
    "active",
)
HIGHEST = Decimal(10) ** 8  # what the column holds
DAYS = 3650


class Requires(NamedTuple):
    """What has to come first, and how many calendar days before (both ends included)."""

    service: UUID
    min_days: int
    max_days: int


class Offer(TypedDict, total=False):
    """What a service may be told. Buffers of None and an empty location are the provider's."""

    name: str
    category: str | None  # a slug
    description: str
    duration_minutes: int
    pricing: str
    price: str | Decimal | None
    rate: str | Decimal | None  # of an hour
    currency: str | None
    location_kind: str
    location_text: str
    buffer_before_minutes: int | None
    buffer_after_minutes: int | None
    requires: Requires | None
    questions: Sequence[Mapping[str, Any]]  # as `settled` takes them
    instructions: str  # told once it is booked
    recurring: bool  # whether customers may book a series of it
    active: bool


@transaction.atomic
def offer(provider: Provider, **fields: Unpack[Offer]) -> Service:
    """A new service. Raises `Invalid` with every field that does not fit."""
    locks.provider(provider.pk)
    values: dict[str, Any] = {"name": "", "duration_minutes": None, **fields}
    service = Service(provider=provider)
    _fill(service, values)
    service.save(force_insert=True)
    return service


@transaction.atomic
def change(service: Service, **fields: Unpack[Offer]) -> Service:
    """Change some of a service; appointments keep the terms that they were booked on.

    Without `currency` a new price is in the old one. Raises `Invalid` as `offer` does.
    """
    locks.provider(service.provider_id)
    provider = service.provider
    service = Service.objects.kept().get(pk=service.pk)
    service.provider = provider
    _fill(service, dict(fields))
    service.save()
    return service


@transaction.atomic
def ask(service: Service, edit: Callable[[list[Question]], Sequence[Any]]) -> Service:
    """Change what a service asks: `edit` makes new questions of those that stand behind the lock.

    Raises what `settled` and `edit` raise.
    """
    locks.provider(service.provider_id)
    standing = Service.objects.kept().get(pk=service.pk)
    return change(standing, questions=edit(list(standing.questions)))


@transaction.atomic
def remove(service: Service) -> None:
    """Take it off the shelf; it stays, unseen, for the appointments that name it.

    Raises `StillRequired` where another service wants it first.
    """
    locks.provider(service.provider_id)
    if Service.objects.kept().filter(requires=service).exists():
        raise StillRequired
    try:
        with transaction.atomic():
            Service.objects.filter(pk=service.pk).delete()
    except ProtectedError:
        Service.objects.filter(pk=service.pk).update(removed_at=timezone.now(), active=False)


@transaction.atomic
def choose_categories(provider: Provider, slugs: Iterable[str]) -> None:
    """Name the categories of the provider. Raises `Invalid` for an unknown slug."""
    locks.provider(provider.pk)
    wanted = set(slugs)
    categories = list(Category.objects.filter(slug__in=wanted))
    unknown = wanted - {category.slug for category in categories}
    if unknown:
        raise Invalid(
            categories=[
                gettext("There is no category “{slug}”.").format(slug=slug)
                for slug in sorted(unknown)
            ]
        )
    provider.categories.set(categories)


@transaction.atomic
def open_practice(user: User, *, categories: Sequence[str] = (), **fields: Any) -> Provider:
    """`people.become_provider` and the categories, in one."""
    provider = people.become_provider(user, **fields)
    choose_categories(provider, categories)
    return provider


@transaction.atomic
def change_practice(
    provider: Provider, *, categories: Sequence[str] | None = None, **fields: Any
) -> Provider:
    """`people.change_provider` and the categories (None: as they are), in one."""
    people.change_provider(provider, **fields)
    if categories is not None:
        choose_categories(provider, categories)
    return provider


def _fill(service: Service, values: dict[str, Any]) -> None:
    errors: dict[str, str | list[str]] = {}
    columns = {name: value for name, value in values.items() if name in COLUMNS}
    for step in (
        lambda: assign(service, columns, allowed=COLUMNS),
        lambda: _set_tariff(service, values),
        lambda: _set_category(service, values),
        lambda: _set_requires(service, values),
        lambda: _set_questions(service, values),
    ):
        try:
            step()
        except Invalid as exc:
            errors |= exc.errors
    if errors:
        raise Invalid(**errors)


def _set_category(service: Service, values: dict[str, Any]) -> None:
    if "category" not in values:
        return
    slug = values["category"]
    service.category = Category.objects.filter(slug=slug).first() if slug else None
    if slug and service.category is None:
        raise Invalid(category=gettext("There is no category “{slug}”.").format(slug=slug))


def _set_questions(service: Service, values: dict[str, Any]) -> None:
    if "questions" in values:
        service.questions = settled(values["questions"], known=service.questions)


def _set_tariff(service: Service, values: dict[str, Any]) -> None:
    kind = values.get("pricing", service.pricing)
    field, other = ("rate", "price") if kind == Pricing.HOURLY else ("price", "rate")
    if kind not in Pricing.values or not (
        service._state.adding or {"price", "rate", "currency", "pricing"} & set(values)
    ):
        return
    given = values.get(field)
    if given is None:
        if service._state.adding or values.get(other) is not None or _repriced(service):
            raise Invalid(
                **{
                    field: gettext("A service with this pricing needs a {field}.").format(
                        field=field
                    )
                }
            )
        given = service.tariff.amount.normalize()
    code = values.get("currency") or ("" if service._state.adding else service.tariff.currency.code)
    service.tariff = Money(amount(given, currency=code, field=field), code)


def _repriced(service: Service) -> bool:
    """Whether the pricing just set is another than the one that the tariff was meant for."""
    stored = Service.objects.filter(pk=service.pk).values_list("pricing", flat=True).first()
    return stored != service.pricing


def amount(given: str | Decimal, *, currency: str, field: str) -> Decimal:
    """The amount, as exact as its currency is. Raises `Invalid` beside `field` or `currency`."""
    pricing.check_currency(currency)
    try:
        value = Decimal(given)
    except (InvalidOperation, TypeError, ValueError) as exc:
        raise Invalid(**{field: gettext("This is not an amount, such as 45.00.")}) from exc
    if not value.is_finite() or value < 0 or value >= HIGHEST:
        raise Invalid(**{field: gettext("An amount is between 0 and 99,999,999.")})
    digits = get_currency_precision(currency)
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > digits:
        raise Invalid(
            **{
                field: gettext("{currency} has {digits} digits after the point.").format(
                    currency=currency, digits=digits
                )
            }
        )
    return value


def _set_requires(service: Service, values: dict[str, Any]) -> None:
    if "requires" not in values:
        return
    wanted: Requires | None = values["requires"]
    if wanted is None:
        service.requires = service.requires_min_days = service.requires_max_days = None
        return
    if not 0 <= wanted.min_days <= wanted.max_days <= DAYS:
        raise Invalid(
            requires=gettext("Days run from 0 to {days}, min_days first.").format(days=DAYS)
        )
    chain = dict(Service.objects.filter(provider=service.provider).values_list("pk", "requires"))
    kept = Service.objects.kept().filter(provider=service.provider, pk=wanted.service).first()
    if kept is None:
        raise Invalid(requires=gettext("There is no such service among yours."))
    if service.pk in _chain(chain, wanted.service):
        raise Invalid(requires=gettext("Services cannot require one another in a circle."))
    service.requires = kept
    service.requires_min_days, service.requires_max_days = wanted.min_days, wanted.max_days


def _chain(requires: dict[UUID, UUID | None], first: UUID) -> list[UUID]:
    """The service and all that it requires, one after the other."""
    chain: list[UUID] = []
    at: UUID | None = first
    while at is not None and at not in chain:
        chain.append(at)
        at = requires.get(at)
    return chain

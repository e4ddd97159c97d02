"""How a service stands in JSON, and how a provider describes one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from openslot.api.protocol.fields import MONEY, AmountField, Body, Line, Location, Text
from openslot.catalog import pricing, questions
from openslot.catalog.models import Pricing, Service
from openslot.catalog.offering import DAYS, Requires

MINUTE = timedelta(minutes=1)


class Given(NamedTuple):
    """An amount as it was sent; in what currency, if it came with one."""

    amount: Decimal
    currency: str | None


@extend_schema_field(MONEY)
class PriceOut(serializers.Field[Any, Any, Any, Any]):
    def __init__(self) -> None:
        super().__init__(source="*", read_only=True)

    def to_representation(self, value: Service) -> dict[str, str]:
        return pricing.plain(pricing.price(value))


@extend_schema_field({**MONEY, "type": ["object", "null"]})
class RateOut(PriceOut):
    def to_representation(self, value: Service) -> Any:
        return pricing.plain(value.tariff) if value.pricing == Pricing.HOURLY else None


@extend_schema_field(
    {"oneOf": [{"type": "string", "pattern": r"^[0-9]{1,8}(\.[0-9]{1,4})?$"}, MONEY]}
)
class AmountIn(AmountField):
    """An amount, or the money that an answer held."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return Given(super().to_internal_value(data), None)
        currency = data.get("currency")
        if set(data) != {"amount", "currency"} or not isinstance(currency, str):
            self.fail("invalid")
        return Given(super().to_internal_value(data["amount"]), currency)


class QuestionOut(serializers.Serializer[Any]):
    """What whoever books is asked; `new_customers_only`: of who has never booked there."""

    id = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.ChoiceField(choices=questions.Kind.choices)
    required = serializers.BooleanField()  # type: ignore[assignment]
    options = serializers.ListField(child=serializers.CharField())
    help = serializers.CharField()
    new_customers_only = serializers.BooleanField()


class RequiresOut(serializers.Serializer[Service]):
    service = serializers.UUIDField(source="requires_id")
    min_days = serializers.IntegerField(source="requires_min_days")
    max_days = serializers.IntegerField(source="requires_max_days")


class ServiceOut(serializers.Serializer[Service]):
    """`price` is what one booking costs; buffers and location are its own or the provider's."""

    id = serializers.UUIDField()
    provider = serializers.UUIDField(source="provider_id")
    name = serializers.CharField()
    description = serializers.CharField()
    category = serializers.CharField(source="category.slug", default=None, allow_null=True)
    duration_minutes = serializers.IntegerField()
    pricing = serializers.ChoiceField(choices=Pricing.choices)
    price = PriceOut()
    rate = RateOut()
    active = serializers.BooleanField()
    location = Location()
    buffer_before_minutes = serializers.SerializerMethodField()
    buffer_after_minutes = serializers.SerializerMethodField()
    requires = serializers.SerializerMethodField()
    recurring = serializers.BooleanField()
    questions = QuestionOut(many=True)

    def get_buffer_before_minutes(self, service: Service) -> int:
        return service.buffers[0] // MINUTE

    def get_buffer_after_minutes(self, service: Service) -> int:
        return service.buffers[1] // MINUTE

    @extend_schema_field(RequiresOut(allow_null=True))
    def get_requires(self, service: Service) -> Any:
        return RequiresOut(service).data if service.requires_id else None


class OwnServiceOut(ServiceOut):
    """The same for its provider, with what is told once it is booked."""

    instructions = serializers.CharField()


class QuestionIn(Body):
    echoes = QuestionOut

    id = Text(max_length=80, required=False)
    label = Line(max_length=questions.LINE)  # type: ignore[assignment]
    kind = serializers.ChoiceField(choices=questions.Kind.choices)
    required = serializers.BooleanField(required=False)  # type: ignore[assignment]
    options = serializers.ListField(
        child=Line(max_length=questions.LINE), required=False, max_length=questions.OPTIONS_MOST
    )
    help = Line(max_length=questions.LINE, required=False, allow_blank=True)
    new_customers_only = serializers.BooleanField(required=False)


class RequiresIn(Body):
    service = serializers.UUIDField()
    min_days = serializers.IntegerField(min_value=0, max_value=DAYS)
    max_days = serializers.IntegerField(min_value=0, max_value=DAYS)


class ServiceIn(Body):
    echoes = OwnServiceOut
    name = Line(max_length=200)
    category = Text(max_length=80, required=False, allow_null=True)
    description = Text(max_length=2000, required=False, allow_blank=True)
    duration_minutes = serializers.IntegerField(min_value=1, max_value=1440)
    pricing = serializers.ChoiceField(choices=Pricing.choices, required=False)
    price = AmountIn(required=False, allow_null=True)
    rate = AmountIn(required=False, allow_null=True)
    currency = Text(required=False, max_length=3, min_length=3)
    location = Location(required=False, allow_null=True)
    buffer_before_minutes = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=1440
    )
    buffer_after_minutes = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=1440
    )
    requires = RequiresIn(required=False, allow_null=True)
    questions = QuestionIn(many=True, required=False)
    instructions = Text(max_length=2000, required=False, allow_blank=True)
    recurring = serializers.BooleanField(required=False)
    active = serializers.BooleanField(required=False)


def offered(values: Mapping[str, Any], *, of: Service | None = None) -> dict[str, Any]:
    """What `ServiceIn` read, as `offering.offer` and `offering.change` (of that one) take it."""
    offer = dict(values)
    for field in ("rate", "price"):  # a currency beside an amount that counts comes last
        given = offer.get(field)
        if given is not None:
            offer[field] = given.amount
            if given.currency and "currency" not in values:
                offer["currency"] = given.currency
    if "location" in offer:
        place = offer.pop("location") or {"kind": "", "text": ""}
        offer |= {"location_kind": place["kind"], "location_text": place["text"]}
    if offer.get("requires"):
        offer["requires"] = Requires(**offer["requires"])
    return offer if of is None else _without_echoes(offer, of)


def _without_echoes(offer: dict[str, Any], of: Service) -> dict[str, Any]:
    """What an answer took from the provider and is sent back as it was stays the provider's."""
    before, after = (length // MINUTE for length in of.buffers)
    inherited = {
        "buffer_before_minutes": (of.buffer_before_minutes is None, before),
        "buffer_after_minutes": (of.buffer_after_minutes is None, after),
    }
    for field, (inherits, shown) in inherited.items():
        if inherits and offer.get(field) == shown:
            del offer[field]
    place = (offer.get("location_kind"), offer.get("location_text"))
    if not of.location_kind and place == of.location:
        del offer["location_kind"], offer["location_text"]
    return offer

"""What anybody may see: categories, providers and their services."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from openslot.accounts.models import Provider, ProviderQuerySet
from openslot.accounts.offering import rules, slugs
from openslot.api.accounts.views import PhotoOut, Public
from openslot.api.catalog.services import ServiceOut
from openslot.api.protocol import schema
from openslot.api.protocol.fields import AmountField, DayField, Location, Text, of_column
from openslot.api.protocol.pagination import Cursor, page_size
from openslot.appointments.free import slots
from openslot.catalog import choice, finding


def located(provider: Provider) -> dict[str, str]:
    return {"kind": provider.location_kind, "text": provider.location_text}


class CategoryOut(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()
    icon = serializers.CharField()
    provider_count = serializers.IntegerField()


class RulesOut(serializers.Serializer[Any]):
    """The rules of booking."""

    vars().update({column.name: of_column(column) for column in rules.COLUMNS})


class ProviderOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()
    headline = serializers.CharField()
    photo = PhotoOut()
    timezone = serializers.CharField()
    location = serializers.SerializerMethodField()
    categories = serializers.SerializerMethodField()
    services = serializers.SerializerMethodField()

    @extend_schema_field(Location)
    def get_location(self, provider: Provider) -> dict[str, str]:
        return located(provider)

    def get_categories(self, provider: Provider) -> list[str]:
        return [category.slug for category in finding.categories_of(provider)]

    @extend_schema_field(ServiceOut(many=True))
    def get_services(self, provider: Provider) -> Any:
        shown: Any = finding.services_of(provider)
        return ServiceOut(shown, many=True).data


class ProviderDetailOut(ProviderOut, RulesOut):
    bio = serializers.CharField()


class GroupOut(serializers.Serializer[Any]):
    category = serializers.CharField(source="category.slug")
    providers = ProviderOut(many=True)


class ProviderPage(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = ProviderOut(many=True)


class ProvidersQuery(serializers.Serializer[Any]):
    category = Text(required=False, allow_blank=True)
    search = Text(required=False, allow_blank=True, max_length=finding.SEARCH_MAX)
    price_max = AmountField(required=False)
    currency = Text(
        required=False,
        max_length=3,
        help_text="Of `price_max`, and of the order by price. An amount is compared with prices of "
        "one currency; without this, that in which most providers sell. Who sells in others "
        "alone is left out, unless something of theirs costs nothing.",
    )
    available_on = DayField(required=False)
    ordering = serializers.ChoiceField(choices=list(finding.ORDERINGS), required=False)
    group_by = serializers.ChoiceField(choices=["category"], required=False)


class CategoriesView(Public):
    @extend_schema(responses=CategoryOut(many=True))
    def get(self, _request: Request) -> Response:
        categories = [
            {
                "slug": category.slug,
                "name": category.title,
                "icon": category.icon,
                "provider_count": count,
            }
            for category, count in choice.category_counts()
        ]
        return Response(CategoryOut(categories, many=True).data)


class ProvidersView(Public):
    """The providers that fit. `search` puts the best first; `group_by=category` answers an array
    of `{category, providers}` instead of a page.
    """

    queries: ClassVar = {"GET": ProvidersQuery}
    pagination_class = Cursor

    def get_ordering(self) -> Sequence[str]:
        return finding.columns(self.asked.get("ordering", "name"))

    @extend_schema(
        operation_id="providers_list",
        parameters=schema.PAGING,
        responses=PolymorphicProxySerializer(
            component_name="ProvidersOrGroups",
            serializers=[ProviderPage, GroupOut(many=True)],
            resource_type_field_name=None,
            many=False,
        ),
    )
    def get(self, request: Request) -> Response:
        self.asked = self.query()
        size = page_size(request)
        providers = _fitting(self.asked)
        if "group_by" in self.asked:
            groups = finding.grouped(
                _in_order(providers, self.asked, limit=finding.MANY),
                category=self.asked.get("category"),
            )
            return Response(GroupOut(groups, many=True).data)
        return self.page(_in_order(providers, self.asked, limit=size), ProviderOut)


class ProviderView(Public):
    @extend_schema(responses=ProviderDetailOut)
    def get(self, _request: Request, slug: str) -> Response:
        provider = finding.ready(Provider.objects.listed().filter(slug=slug)).first()
        if provider is None:
            raise slugs.nobody(slug)
        return Response(ProviderDetailOut(provider).data)


def _fitting(asked: dict[str, Any]) -> ProviderQuerySet:
    providers = finding.matching(
        category=asked.get("category"),
        price_max=asked.get("price_max"),
        currency=asked.get("currency"),
    )
    day = asked.get("available_on")
    if day is None:
        return providers
    return providers.filter(pk__in=slots.with_room(list(providers), on=day, now=timezone.now()))


def _in_order(providers: ProviderQuerySet, asked: dict[str, Any], *, limit: int) -> Any:
    search = asked.get("search", "").strip()
    if search:
        return finding.best(providers, search=search, limit=limit)
    named = asked.get("ordering", "name")
    return finding.ready(finding.ordered(providers, named, currency=asked.get("currency")))

"""The provider's own desk: profile and rules, services, customers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from moneyed import Money
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from openslot.accounts import photos
from openslot.accounts.models import Customer, Listing, Provider
from openslot.accounts.offering import rules, sites
from openslot.api.accounts.views import PhotoIn, PhotoOut
from openslot.api.catalog.services import OwnServiceOut, ServiceIn, offered
from openslot.api.catalog.views import RulesOut, located
from openslot.api.protocol.endpoint import Endpoint
from openslot.api.protocol.fields import (
    MONEY,
    Address,
    Body,
    IdField,
    InstantField,
    Line,
    Location,
    Phone,
    Text,
    ZoneField,
    settable,
)
from openslot.api.protocol.pagination import Cursor
from openslot.api.protocol.schema import problems
from openslot.appointments.desk import customers
from openslot.appointments.guests import correcting
from openslot.catalog import offering, pricing
from openslot.catalog.models import Service
from openslot.kernel.errors import NotFound


class ProfileOut(RulesOut):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()
    headline = serializers.CharField()
    bio = serializers.CharField()
    photo = PhotoOut()
    timezone = serializers.CharField()
    location = serializers.SerializerMethodField()
    contact_phone = serializers.CharField(
        help_text="Told to customers in the mails about what they have booked, and nowhere else."
    )
    categories = serializers.SerializerMethodField()
    active = serializers.BooleanField()
    listing = serializers.ChoiceField(
        choices=Listing.choices, help_text="Whether the operators let customers find you."
    )
    embed_sites = serializers.ListField(child=serializers.CharField())

    @extend_schema_field(Location)
    def get_location(self, provider: Provider) -> dict[str, str]:
        return located(provider)

    def get_categories(self, provider: Provider) -> list[str]:
        return [category.slug for category in provider.categories.all()]


class ProfileIn(Body):
    echoes = ProfileOut
    name = Line(max_length=200)
    headline = Line(max_length=200, required=False, allow_blank=True)
    bio = Text(max_length=2000, required=False, allow_blank=True)
    timezone = ZoneField()
    location = Location(required=False)
    contact_phone = Phone(required=False, allow_blank=True)
    categories = serializers.ListField(child=Text(max_length=80), required=False, max_length=100)
    vars().update({column.name: settable(column) for column in rules.COLUMNS})
    active = serializers.BooleanField(required=False)
    embed_sites = serializers.ListField(
        child=Text(max_length=sites.LONGEST), required=False, max_length=sites.MOST
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        place = attrs.pop("location", None)
        if place:
            attrs |= {"location_kind": place["kind"], "location_text": place["text"]}
        return attrs


class ProfileChange(ProfileIn):
    slug = Line(
        max_length=80,
        help_text="The address of your page. The one before leads on to it (308), the last ten do.",
    )


class CustomerOut(serializers.Serializer[Any]):
    """A customer and what they came for: `count` leaves out what was declined, cancelled or
    expired, `revenue` is what completed appointments brought, by currency.
    """

    id = serializers.UUIDField()
    name = serializers.CharField()
    first_name = serializers.SerializerMethodField()
    last_name = serializers.SerializerMethodField()
    email = serializers.SerializerMethodField()
    phone = serializers.SerializerMethodField()
    count = serializers.IntegerField(source="appointments_count")
    revenue = serializers.SerializerMethodField()
    last_visit = InstantField(allow_null=True)
    next_visit = InstantField(allow_null=True)
    notes = serializers.CharField()
    blocked = serializers.BooleanField()

    def get_first_name(self, customer: Customer) -> str:
        return (customer.user or customer).first_name

    def get_last_name(self, customer: Customer) -> str:
        return (customer.user or customer).last_name

    def get_email(self, customer: Customer) -> str:
        return (customer.user or customer).email

    def get_phone(self, customer: Customer) -> str:
        return (customer.user or customer).phone

    @extend_schema_field({"type": "array", "items": MONEY})
    def get_revenue(self, customer: Any) -> list[dict[str, str]]:
        return [pricing.plain(Money(each["amount"], each["currency"])) for each in customer.earned]


class CustomerIn(Body):
    echoes = CustomerOut
    notes = Text(max_length=2000, required=False, allow_blank=True)
    blocked = serializers.BooleanField(required=False)
    first_name = Line(max_length=200, required=False, allow_blank=True)
    last_name = Line(max_length=200, required=False, allow_blank=True)
    email = Address(required=False, allow_blank=True)
    phone = Phone(required=False, allow_blank=True)


class MergeIn(Body):
    """With which other guest this one is one person."""

    into = IdField()


class ProviderDeskView(Endpoint):
    @extend_schema(request=ProfileIn, responses={201: ProfileOut})
    def post(self, _request: Request) -> Response:
        provider = offering.open_practice(self.caller, **self.body(ProfileIn))
        return Response(ProfileOut(provider).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=ProfileOut)
    def get(self, _request: Request) -> Response:
        return Response(ProfileOut(self.desk).data)

    @extend_schema(request=ProfileChange, responses=ProfileOut)
    def patch(self, _request: Request) -> Response:
        fields = self.body(ProfileChange, partial=True)
        return Response(ProfileOut(offering.change_practice(self.desk, **fields)).data)


class ProviderPhotoView(Endpoint):
    parser_classes = [MultiPartParser]

    @extend_schema(request=PhotoIn, responses=ProfileOut)
    def put(self, _request: Request) -> Response:
        provider = self.desk
        photos.put(provider, self.body(PhotoIn)["photo"])
        return Response(ProfileOut(provider).data)

    @extend_schema(responses={204: None})
    def delete(self, _request: Request) -> Response:
        photos.remove(self.desk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ServicesView(Endpoint):
    pagination_class = Cursor
    ordering = ("name_folded", "id")

    @extend_schema(responses=OwnServiceOut(many=True))
    def get(self, _request: Request) -> Response:
        return self.page(_services(self.desk), OwnServiceOut)

    @extend_schema(request=ServiceIn, responses={201: OwnServiceOut})
    def post(self, _request: Request) -> Response:
        service = offering.offer(self.desk, **offered(self.body(ServiceIn)))
        return Response(OwnServiceOut(service).data, status=status.HTTP_201_CREATED)


class ServiceView(Endpoint):
    @property
    def service(self) -> Service:
        service = _services(self.desk).filter(pk=self.kwargs["service_id"]).first()
        if service is None:
            raise NotFound
        return service

    @extend_schema(responses=OwnServiceOut)
    def get(self, _request: Request, service_id: UUID) -> Response:  # noqa: ARG002
        return Response(OwnServiceOut(self.service).data)

    @extend_schema(request=ServiceIn, responses=OwnServiceOut)
    def patch(self, _request: Request, service_id: UUID) -> Response:  # noqa: ARG002
        service = self.service
        fields = offered(self.body(ServiceIn, partial=True), of=service)
        return Response(OwnServiceOut(offering.change(service, **fields)).data)

    @extend_schema(responses={204: None, **problems(409)})
    def delete(self, _request: Request, service_id: UUID) -> Response:  # noqa: ARG002
        offering.remove(self.service)
        return Response(status=status.HTTP_204_NO_CONTENT)


class CustomersView(Endpoint):
    pagination_class = Cursor
    ordering = ("-created_at", "id")

    @extend_schema(responses=CustomerOut(many=True))
    def get(self, _request: Request) -> Response:
        return self.page(_known(self.desk), CustomerOut)


class CustomerView(Endpoint):
    @extend_schema(responses=CustomerOut)
    def get(self, _request: Request, customer_id: UUID) -> Response:
        customer = _known(self.desk).filter(pk=customer_id).first()
        if customer is None:
            raise NotFound
        return Response(CustomerOut(customer).data)

    @extend_schema(request=CustomerIn, responses=CustomerOut)
    def patch(self, request: Request, customer_id: UUID) -> Response:
        fields = self.body(CustomerIn, partial=True)
        customers.change(self.desk, customer_id, **fields)
        return self.get(request, customer_id)


class MergeView(Endpoint):
    @extend_schema(request=MergeIn, responses=CustomerOut)
    def post(self, _request: Request, customer_id: UUID) -> Response:
        """Make two guests one; answered with the one who stays."""
        stays = correcting.merge(self.desk, customer_id, **self.body(MergeIn))
        return Response(CustomerOut(_known(self.desk).get(pk=stays.pk)).data)


def _known(provider: Provider) -> QuerySet[Customer]:
    theirs = Customer.objects.of(provider).select_related("user", "provider")
    return customers.with_history(theirs, now=timezone.now())


def _services(provider: Provider) -> QuerySet[Service]:
    return Service.objects.kept().filter(provider=provider).select_related("category", "provider")

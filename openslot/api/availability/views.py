"""Free time, for everybody; hours, special days and time off, at the provider's desk."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers, set_response_etag
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from openslot.accounts.models import User
from openslot.api.availability import shapes
from openslot.api.protocol import schema
from openslot.api.protocol.endpoint import Endpoint
from openslot.api.protocol.pagination import Cursor
from openslot.appointments.changing import time_off
from openslot.appointments.free import slots
from openslot.appointments.free.holding import Claim
from openslot.appointments.holding.holds import Caller
from openslot.appointments.models import Way
from openslot.availability import hours
from openslot.availability.models import SpecialHours, TimeOff
from openslot.catalog import finding
from openslot.catalog.models import Service
from openslot.kernel import callers
from openslot.kernel.errors import NotFound
from openslot.kernel.rows.composed import Composed

OFFERED = Composed(
    lambda slug, service: (
        Service.objects.offered().select_related("provider").filter(provider__slug=slug, pk=service)
    ),
    slug=str,
    service=UUID,
)


class Availability(Endpoint):
    """When a service can be had."""

    queries: ClassVar = {"GET": shapes.Wanted}
    permission_classes = [AllowAny]

    @extend_schema(
        responses={200: shapes.AvailabilityOut, 304: None},
        parameters=schema.headers("ETag"),
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """Only slots that a booking made right now would get."""
        asked = self.query()
        service = OFFERED.first(slug=slug, service=asked["service"])
        if service is None:
            raise NotFound("There is no such service here.")
        zone = ZoneInfo(asked.get("timezone", service.provider.timezone))
        days = slots.slots(
            service,
            first=asked["start"],
            last=asked["end"],
            zone=zone,
            now=timezone.now(),
            as_read=True,
            claim=_claim(request),
        )
        body = shapes.availability(service, zone, days)
        return _unless_known(request, body)


def _claim(request: Request) -> Claim:
    """What the reader may be about to book already: their own account's, or their browser's."""
    user = request.user if isinstance(request.user, User) else None
    return Claim(owners=Caller(user, request.COOKIES.get(callers.BROWSER, "")).owners)


def _unless_known(request: Request, body: bytes) -> HttpResponseBase:
    """The JSON with an ETag of its content; 304 to whoever has it (RFC 9110, 13).

    It may be kept, and has to be asked for each time: it is true for this moment.
    """
    answer = HttpResponse(body, content_type="application/json")
    answer["Cache-Control"] = "no-cache"
    patch_vary_headers(answer, ["Authorization", "Cookie"])  # who holds a time still sees it
    set_response_etag(answer)
    return (
        get_conditional_response(request._request, etag=answer["ETag"], response=answer) or answer
    )


class Earliest(Endpoint):
    """Who has time soonest."""

    queries: ClassVar = {"GET": shapes.Soonest}
    permission_classes = [AllowAny]

    @extend_schema(responses=shapes.EarliestOut(many=True))
    def get(self, _request: Request) -> Response:
        """The soonest slot of each provider of a category, soonest first."""
        asked = self.query()
        services = finding.services_in(asked.get("category"))
        soonest = slots.earliest(services, limit=asked["limit"], now=timezone.now())
        return Response(shapes.EarliestOut(soonest, many=True).data)


class Week(Endpoint):
    """The hours of the caller's week."""

    @extend_schema(responses=shapes.WeekSpan(many=True))
    def get(self, _request: Request) -> Response:
        return Response(shapes.WeekSpan(hours.week(self.desk), many=True).data)

    @extend_schema(request=shapes.WeekSpan(many=True), responses=shapes.WeekSpan(many=True))
    def put(self, _request: Request) -> Response:
        """Replace the whole week."""
        desk = self.desk
        spans = [hours.WeekSpan(**span) for span in self.bodies(shapes.WeekSpan)]
        return Response(shapes.WeekSpan(hours.set_week(desk, spans=spans), many=True).data)


class SpecialDays(Endpoint):
    """The dates on which the caller's week does not hold."""

    pagination_class = Cursor
    ordering = ("date", "id")

    @extend_schema(responses=shapes.SpecialHours(many=True))
    def get(self, _request: Request) -> Response:
        rows = SpecialHours.objects.filter(provider=self.desk)
        return self.page(rows, shapes.SpecialHours)

    @extend_schema(request=shapes.SpecialHours, responses={201: shapes.SpecialHours})
    def post(self, _request: Request) -> Response:
        """Replace the week's hours on a date; without spans it is closed."""
        desk = self.desk
        asked = self.body(shapes.SpecialHours)
        spans = [hours.DaySpan(**span) for span in asked["spans"]]
        special = hours.set_special(desk, day=asked["date"], spans=spans)
        return Response(shapes.SpecialHours(special).data, status=201)


class SpecialDay(Endpoint):
    @extend_schema(responses=shapes.SpecialHours)
    def get(self, _request: Request, id: UUID) -> Response:  # noqa: A002
        """The hours of one date."""
        special = SpecialHours.objects.filter(provider=self.desk, pk=id).first()
        if special is None:
            raise NotFound
        return Response(shapes.SpecialHours(special).data)

    @extend_schema(request=shapes.SpecialHours, responses=shapes.SpecialHours)
    def patch(self, _request: Request, id: UUID) -> Response:  # noqa: A002
        """Other hours, or the same on another date."""
        asked = self.body(shapes.SpecialHours, partial=True)
        spans = asked.get("spans")
        told = None if spans is None else [hours.DaySpan(**span) for span in spans]
        special = hours.change_special(self.desk, id=id, day=asked.get("date"), spans=told)
        return Response(shapes.SpecialHours(special).data)

    @extend_schema(responses={204: None})
    def delete(self, _request: Request, id: UUID) -> Response:  # noqa: A002
        """Give the date the week's hours back."""
        hours.remove_special(self.desk, id=id)
        return Response(status=204)


class TimesOff(Endpoint):
    """When the caller is away."""

    pagination_class = Cursor
    ordering = ("start", "id")

    @extend_schema(responses=shapes.TimeOffOut(many=True))
    def get(self, _request: Request) -> Response:
        paginator = Cursor()
        rows = TimeOff.objects.filter(provider=self.desk)
        page = paginator.paginate_queryset(rows, self.request, view=self)
        conflicts = time_off.conflicts_of(page)
        return paginator.get_paginated_response(
            [shapes.away(each, [one.appointment for one in conflicts[each.pk]]) for each in page]
        )

    @extend_schema(request=shapes.TimeOff, responses={201: shapes.TimeOffOut})
    def post(self, _request: Request) -> Response:
        """Be away; appointments in that time stay unless `conflicts` says cancel."""
        desk = self.desk
        asked = self.body(shapes.TimeOff)
        taken, conflicts = time_off.take(desk, by=self.caller, via=Way.API, **asked)
        return Response(shapes.away(taken, conflicts), status=201)


class OneTimeOff(Endpoint):
    @extend_schema(responses=shapes.TimeOffOut)
    def get(self, _request: Request, id: UUID) -> Response:  # noqa: A002
        """One, with the appointments in it."""
        taken = TimeOff.objects.filter(provider=self.desk, pk=id).first()
        if taken is None:
            raise NotFound
        conflicts = time_off.conflicts_of([taken])[taken.pk]
        return Response(shapes.away(taken, [each.appointment for each in conflicts]))

    @extend_schema(request=shapes.TimeOffChange, responses=shapes.TimeOffOut)
    def patch(self, _request: Request, id: UUID) -> Response:  # noqa: A002
        """Another time, rule or reason; appointments in it stay unless `conflicts` says cancel."""
        desk, asked = self.desk, self.body(shapes.TimeOffChange, partial=True)
        taken, conflicts = time_off.change(desk, id=id, by=self.caller, via=Way.API, **asked)
        return Response(shapes.away(taken, conflicts))

    @extend_schema(responses={204: None})
    def delete(self, _request: Request, id: UUID) -> Response:  # noqa: A002
        """Be there after all."""
        time_off.give_back(self.desk, id=id)
        return Response(status=204)

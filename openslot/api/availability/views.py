"""Free time, for everybody; hours, special days and time off, at the provider's desk."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from openslot.accounts.models import User
from openslot.api.availability import quick, shapes
from openslot.api.protocol import schema
from openslot.api.protocol.endpoint import Endpoint
from openslot.api.protocol.pagination import Cursor
from openslot.appointments.changing import time_off
from openslot.appointments.free import slots
from openslot.appointments.models import Way
from openslot.availability import hours
from openslot.availability.models import SpecialHours, TimeOff
from openslot.catalog import finding, known
from openslot.kernel.errors import NotFound


class Availability(Endpoint):
    """When a service can be had."""

    queries: ClassVar = {"GET": shapes.Wanted}
    permission_classes = [AllowAny]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """What nearly everybody asks is answered at once, all else by REST framework: its part of
        the work takes longer than ours.
        """
        return quick.answer(request, self, **kwargs) or super().dispatch(request, *args, **kwargs)

    @extend_schema(
        responses={200: shapes.AvailabilityOut, 304: None},
        parameters=schema.headers("ETag"),
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """Only slots that a booking made right now would get."""
        user = request.user if isinstance(request.user, User) else None
        asked = self.query()
        service = quick.sought(slug, asked)
        return quick.offered(request._request, service, asked, user=user)


class Earliest(Endpoint):
    """Who has time soonest."""

    queries: ClassVar = {"GET": shapes.Soonest}
    permission_classes = [AllowAny]

    @extend_schema(responses=shapes.EarliestOut(many=True))
    def get(self, _request: Request) -> Response:
        """The soonest slot of each provider of a category, soonest first."""
        asked = self.query()
        services = known.current(finding.services_in(asked.get("category")))
        soonest = slots.earliest(services, limit=asked["limit"], now=timezone.now(), as_read=True)
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

"""Series: looked at, and extended. What is done with one occurrence or several is in moves.py."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from openslot.api.appointments import shapes
from openslot.api.appointments.views import IDEMPOTENCY_KEY, AppointmentEndpoint, rendered
from openslot.api.protocol import idempotency, schema, throttling
from openslot.appointments.booking import asking, making, preview
from openslot.appointments.models import Series, Way
from openslot.kernel.errors import NotFound
from openslot.kernel.keeping.idempotency import owner_of


class One(AppointmentEndpoint):
    """A series."""

    @extend_schema(responses=shapes.SeriesOut)
    def get(self, _request: Request, id: UUID) -> Response:  # noqa: A002
        """With all its appointments, to its customer and its provider only."""
        theirs = Series.objects.visible_to(self.caller).filter(pk=id)
        made = theirs.select_related("provider", "customer__user", "service__provider").first()
        if made is None:
            raise NotFound
        return Response(self.shown_series(made))


class Extend(AppointmentEndpoint):
    """More dates of a series."""

    throttle_classes = [throttling.Broad, throttling.Booking]

    @extend_schema(
        request=shapes.Extension,
        parameters=[IDEMPOTENCY_KEY],
        responses={200: shapes.SeriesOut, **schema.problems(409, 422)},
    )
    def post(self, request: Request, id: UUID) -> HttpResponse:  # noqa: A002
        """Go on with the rule after its last date: `count` more, or `until` a date."""
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return HttpResponse(self.extended(id), content_type="application/json")
        answer = idempotency.once(
            owner_of(self.caller.pk),
            operation="extend",
            key=key,
            body=[str(id), request.data],
            act=lambda: self.extended(id),
        )
        return HttpResponse(answer, content_type="application/json")

    def extended(self, series: UUID) -> str:
        """The body of the answer, as it is kept for a repeat."""
        asked = asking.Extension(series=series, **self.body(shapes.Extension))
        made = making.extend(asked, by=self.caller, via=Way.API)
        return rendered(self.shown_series(made))


class ExtendPreview(AppointmentEndpoint):
    """What an extension would get."""

    @extend_schema(request=shapes.Extension, responses=shapes.PreviewOut)
    def post(self, _request: Request, id: UUID) -> Response:  # noqa: A002
        """Which of the next dates are free, and at what price. Books nothing."""
        asked = asking.Extension(series=id, **self.body(shapes.Extension))
        return Response(shapes.PreviewOut(preview.extension(asked, by=self.caller)).data)

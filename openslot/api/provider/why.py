"""Why a time of the provider's is not offered, as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from openslot.api.appointments.shapes import ServiceName
from openslot.api.protocol import fields
from openslot.api.protocol.endpoint import Endpoint
from openslot.api.protocol.schema import problems
from openslot.appointments.free import why
from openslot.catalog.models import Service
from openslot.kernel.errors import NotFound
from openslot.kernel.timerange import Span


class Asked(serializers.Serializer[Any]):
    """Which service, from when."""

    service = fields.IdField()
    start = fields.InstantField()


class ReasonOut(serializers.Serializer[Any]):
    """One thing in the way; `start` and `end` are its time, null where it has none."""

    code = serializers.ChoiceField(choices=list(why.DETAILS))
    detail = serializers.CharField()
    start = fields.InstantField(allow_null=True)
    end = fields.InstantField(allow_null=True)
    appointment = serializers.UUIDField(allow_null=True)


class WhyOut(serializers.Serializer[Any]):
    """`bookable` exactly where the list of slots shows the start; `reasons` are all there are."""

    service = ServiceName()
    start = fields.InstantField()
    end = fields.InstantField()
    bookable = serializers.BooleanField()
    reasons = ReasonOut(many=True)


class WhyView(Endpoint):
    queries: ClassVar = {"GET": Asked}

    @extend_schema(responses={200: WhyOut, **problems(404)})
    def get(self, _request: Request) -> Response:
        """What keeps a customer from booking a service of the provider's at an instant, now."""
        desk, asked = self.desk, self.query()
        sold = Service.objects.kept().filter(provider=desk, pk=asked["service"])
        service = sold.select_related("provider__user").first()
        if service is None:
            raise NotFound
        answer = why.why(service, asked["start"], now=timezone.now())
        zone = desk.zone
        shown = {"service": service, "bookable": answer.bookable, **_bounds(answer.span, zone)}
        reasons = [
            {
                "code": reason.code,
                "detail": reason.detail,
                "appointment": reason.appointment,
                **_bounds(reason.span, zone),
            }
            for reason in answer.reasons
        ]
        return Response(WhyOut(shown | {"reasons": reasons}).data)


def _bounds(span: Span | None, zone: Any) -> dict[str, datetime | None]:
    """From when to when, by the provider's clock."""
    if span is None:
        return {"start": None, "end": None}
    return {"start": span.start.astimezone(zone), "end": span.end.astimezone(zone)}

"""A provider's figures, as JSON."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from openslot.analytics import report
from openslot.analytics.periods import Interval
from openslot.api.appointments.shapes import CustomerName, ServiceName
from openslot.api.protocol import fields
from openslot.api.protocol.endpoint import Endpoint
from openslot.appointments.models import Status


class Dates(fields.Body):
    """The dates to look at, both included, in the provider's zone."""

    interval = serializers.ChoiceField(choices=[each.value for each in Interval], required=False)

    def get_fields(self) -> dict[str, Any]:
        return super().get_fields() | {"from": fields.DayField(), "to": fields.DayField()}


class RateField(serializers.FloatField):
    """A share of one, with four decimals; null where there is nothing to divide by."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_null=True, min_value=0, max_value=1, **kwargs)


class Sums(serializers.ListField):
    """A sum for each currency, by its code."""

    child = fields.MoneyOut()


class StatusCounts(serializers.Serializer[Any]):
    """How many appointments stand at each status."""

    def get_fields(self) -> dict[str, Any]:
        return {status.value: serializers.IntegerField() for status in Status}


class TotalsOut(serializers.Serializer[Any]):
    """Confirmed, completed and missed appointments count; money is a sum for each currency."""

    appointments = serializers.IntegerField()
    by_status = StatusCounts()
    customers = serializers.IntegerField()
    new_customers = serializers.IntegerField()
    revenue = Sums()
    expected = Sums()
    missed = Sums()
    booked_minutes = serializers.IntegerField()
    offered_minutes = serializers.IntegerField()
    utilisation = RateField()
    cancellation_rate = RateField()
    no_show_rate = RateField()


class PieceOut(serializers.Serializer[Any]):
    """One interval; the first and the last are cut at the edges."""

    start = serializers.DateField()
    end = serializers.DateField()
    appointments = serializers.IntegerField()
    revenue = Sums()
    booked_minutes = serializers.IntegerField()
    offered_minutes = serializers.IntegerField()
    utilisation = RateField()


class SoldOut(serializers.Serializer[Any]):
    service = ServiceName()
    appointments = serializers.IntegerField()
    revenue = Sums()
    booked_minutes = serializers.IntegerField()


class VisitorOut(serializers.Serializer[Any]):
    customer = CustomerName()
    appointments = serializers.IntegerField()
    revenue = Sums()
    last_visit = fields.InstantField()


class HourOut(serializers.Serializer[Any]):
    """An hour of the week by the clock on the wall; Monday is 1."""

    weekday = serializers.IntegerField(min_value=1, max_value=7)
    hour = serializers.IntegerField(min_value=0, max_value=23)
    minutes = serializers.IntegerField()


class AnalyticsOut(serializers.Serializer[Any]):
    """A provider's figures; `previous` is as many days right before."""

    interval = serializers.ChoiceField(choices=[each.value for each in Interval])
    timezone = serializers.CharField(source="zone.key")
    totals = TotalsOut()
    previous = TotalsOut()
    intervals = PieceOut(many=True)
    services = SoldOut(many=True)
    customers = VisitorOut(many=True)
    busiest = HourOut(many=True)

    def get_fields(self) -> dict[str, Any]:
        dates = {
            "from": serializers.DateField(source="period.start"),
            "to": serializers.DateField(source="period.end"),
        }
        return dates | super().get_fields()


class AnalyticsView(Endpoint):
    """Figures of the provider's work."""

    queries: ClassVar = {"GET": Dates}

    @extend_schema(responses=AnalyticsOut)
    def get(self, _request: Request) -> Response:
        """Revenue, appointments, utilisation and customers of some dates."""
        desk, asked = self.desk, self.query()
        interval = Interval(asked["interval"]) if "interval" in asked else None
        figures = report.report(desk, first=asked["from"], last=asked["to"], interval=interval)
        return Response(AnalyticsOut(figures).data)

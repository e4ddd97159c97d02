"""How free time and a provider's hours stand in JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from openslot.api.appointments.shapes import ProviderName, ServiceName, SpanOut
from openslot.api.protocol import fields
from openslot.appointments.free.slots import Listed
from openslot.appointments.free.times import MICROSECOND, moment
from openslot.appointments.models import Appointment
from openslot.availability import hours, models
from openslot.catalog import pricing
from openslot.catalog.models import Service

DAYS_MAX = 62
LIMIT_MAX = 100
INSTANTS = 2**15  # that are kept as text


class Wanted(serializers.Serializer[Any]):
    """Of which service, when, and in whose time."""

    service = fields.IdField()
    start = fields.DayField()
    end = fields.DayField()
    timezone = fields.ZoneField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        days = (attrs["end"] - attrs["start"]).days + 1
        if not 1 <= days <= DAYS_MAX:
            message = gettext(
                "The end is the day of the start or later; at most {days_max} days are shown."
            ).format(days_max=DAYS_MAX)
            raise serializers.ValidationError({"end": message})
        return attrs


class DayOut(serializers.Serializer[Any]):
    date = fields.DayField()
    slots = SpanOut(many=True)


class AvailabilityOut(serializers.Serializer[Any]):
    """Every day of the span, in order, with the slots that begin on it."""

    provider = ProviderName()
    service = ServiceName()
    timezone = serializers.CharField()
    days = DayOut(many=True)


def availability(service: Service, zone: ZoneInfo, listed: Listed) -> bytes:
    """`AvailabilityOut` as it is sent: a serializer takes longer over a month than all the rest."""
    provider, length = service.provider, listed.length // MICROSECOND
    days = (_day(day, starts, length, zone) for day, starts in listed.days)
    return orjson.dumps(
        {
            "provider": {
                "id": provider.pk,
                "slug": provider.slug,
                "name": provider.name,
                "timezone": provider.timezone,
            },
            "service": {"id": service.pk, "name": service.name},
            "timezone": zone.key,
            "days": orjson.Fragment(f"[{','.join(days)}]"),
        }
    )


def _day(day: date, starts: Sequence[int], length: int, zone: ZoneInfo) -> str:
    slots = ",".join(
        f'{{"start":"{_said(start, zone)}","end":"{_said(start + length, zone)}"}}'
        for start in starts
    )
    return f'{{"date":"{day}","slots":[{slots}]}}'


@lru_cache(maxsize=INSTANTS)
def _said(micros: int, zone: ZoneInfo) -> str:
    """An instant as `InstantField` says it, by the clock of the zone; the same are said often."""
    text = moment(micros).astimezone(zone).isoformat()
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text


class Soonest(serializers.Serializer[Any]):
    """Of which category, and how many."""

    category = serializers.CharField(required=False)
    limit = serializers.IntegerField(min_value=1, max_value=LIMIT_MAX, default=10)


class EarliestOut(serializers.Serializer[Any]):
    """The soonest slot of a provider."""

    provider = ProviderName(source="service.provider")
    service = ServiceName()
    start = fields.InstantField(source="slot.start")
    end = fields.InstantField(source="slot.end")
    price = serializers.SerializerMethodField()

    @extend_schema_field(fields.MONEY)
    def get_price(self, earliest: Any) -> dict[str, str]:
        return pricing.plain(pricing.price(earliest.service))


class WeekSpan(fields.Body):
    """Hours on a day of the week; Monday is 1. An end at or before the start is on the next day."""

    weekday = serializers.IntegerField(min_value=1, max_value=7)
    start = fields.ClockField()
    end = fields.ClockField()


class DaySpan(fields.Body):
    start = fields.ClockField()
    end = fields.ClockField()


class SpecialHours(fields.Body):
    """What replaces the week's hours on a date; no spans: closed."""

    id = serializers.UUIDField(read_only=True)
    date = fields.DayField()
    spans = DaySpan(many=True)

    def to_representation(self, instance: models.SpecialHours) -> dict[str, Any]:
        spans = hours.day_spans(instance)
        return super().to_representation({"id": instance.pk, "date": instance.date, "spans": spans})


class TimeOff(fields.Body):
    """When the provider is away, once or by a rule."""

    start = fields.InstantField()
    end = fields.InstantField()
    reason = fields.Text(max_length=500, allow_blank=True, required=False)
    recurrence = fields.Text(max_length=500, allow_blank=True, required=False)
    conflicts = serializers.ChoiceField(choices=["keep", "cancel"], required=False)


class TimeOffOut(serializers.Serializer[Any]):
    """`conflicts`: the ids of the active appointments in it, or proposed for it, by start."""

    id = serializers.UUIDField()
    start = fields.InstantField()
    end = fields.InstantField()
    reason = serializers.CharField()
    recurrence = serializers.CharField()
    conflicts = serializers.ListField(child=serializers.UUIDField())


class TimeOffChange(TimeOff):
    """What changes of it. The list of `conflicts` that its answer has may come back and counts for
    nothing.
    """

    echoes = TimeOffOut

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and isinstance(data.get("conflicts"), list):
            data = {name: value for name, value in data.items() if name != "conflicts"}
        return super().to_internal_value(data)


def away(taken: models.TimeOff, conflicts: Sequence[Appointment]) -> dict[str, Any]:
    """A time off with its conflicts."""
    row = {name: getattr(taken, name) for name in ("id", "start", "end", "reason", "recurrence")}
    return TimeOffOut(row | {"conflicts": [each.pk for each in conflicts]}).data

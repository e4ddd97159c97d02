"""What was booked, counted by the database: of one provider, between instants.

SQL sees instants only: days and intervals go in as the bounds of buckets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Count,
    DateTimeField,
    DecimalField,
    Exists,
    F,
    Func,
    IntegerField,
    Max,
    OuterRef,
    Sum,
    Value,
)
from moneyed import Money

from openslot.accounts.models import Customer, Provider
from openslot.appointments.models import Appointment, AppointmentQuerySet, Status
from openslot.kernel.timerange import Span

COUNTED = (Status.CONFIRMED, Status.COMPLETED, Status.NO_SHOW)
AMOUNT = Sum("price", output_field=DecimalField())


class Seconds(Func):
    """How long an appointment is, or when something begins, in whole seconds."""

    function = "EXTRACT"
    template = "%(function)s(EPOCH FROM %(expressions)s)::bigint"
    output_field = IntegerField()


class Bucket(Func):
    """Between which of the bounds an instant lies: 1 is before the second one."""

    function = "width_bucket"
    output_field = IntegerField()

    def __init__(self, name: str, bounds: Sequence[datetime]) -> None:
        super().__init__(F(name), Value(list(bounds), output_field=ArrayField(DateTimeField())))


class Row(NamedTuple):
    """Appointments of one bucket, status and currency."""

    bucket: int
    status: Status
    currency: str
    number: int
    amount: Decimal
    seconds: int


class Share(NamedTuple):
    """What one service or customer had part in."""

    appointments: int
    revenue: list[Money]
    seconds: int
    last: datetime


def within(provider: Provider, span: Span) -> AppointmentQuerySet:
    """Every appointment of the provider that starts in the span, whatever became of it."""
    return Appointment.objects.filter(
        provider=provider, start__gte=span.start, start__lt=span.end
    ).order_by()


def rows(provider: Provider, bounds: Sequence[datetime]) -> list[Row]:
    """Counts, prices and lengths, by bucket (from 1 on), status and currency; one query."""
    appointments = within(provider, Span(bounds[0], bounds[-1]))
    grouped = appointments.values(
        bucket=Bucket("start", bounds), state=F("status"), code=F("price_currency")
    )
    summed = grouped.annotate(
        count=Count("pk"), amount=AMOUNT, seconds=Sum(Seconds(F("end") - F("start")))
    )
    return [
        Row(
            each["bucket"],
            Status(each["state"]),
            each["code"],
            each["count"],
            each["amount"],
            each["seconds"],
        )
        for each in summed
    ]


def spans(provider: Provider, span: Span) -> list[tuple[int, int]]:
    """When the counted appointments were, in seconds since 1970, by start; one query."""
    counted = within(provider, span).filter(status__in=COUNTED)
    begins, ends = (Seconds(F(name)) for name in ("start", "end"))
    order = ("start", "pk")
    sums = counted.aggregate(
        starts=ArrayAgg(begins, order_by=order, default=Value([])),
        ends=ArrayAgg(ends, order_by=order, default=Value([])),
    )
    return list(zip(sums["starts"], sums["ends"], strict=True))


def customers(provider: Provider, span: Span) -> tuple[int, int]:
    """How many customers there were, and how many of them for the first time; one query."""
    counted = within(provider, span).filter(status__in=COUNTED)
    earlier = Appointment.objects.filter(
        customer=OuterRef("pk"), status__in=COUNTED, start__lt=span.start
    )
    known = Customer.objects.filter(pk__in=counted.values("customer")).annotate(old=Exists(earlier))
    flags = list(known.values_list("old", flat=True))
    return len(flags), flags.count(False)


def shares(provider: Provider, span: Span, *, of: str) -> dict[UUID, Share]:
    """The counted appointments by their `service` or `customer`; one query."""
    counted = within(provider, span).filter(status__in=COUNTED)
    grouped = counted.values(key=F(f"{of}_id"), state=F("status"), code=F("price_currency"))
    parts: dict[UUID, list[Mapping[str, Any]]] = {}
    for each in grouped.annotate(
        count=Count("pk"),
        amount=AMOUNT,
        seconds=Sum(Seconds(F("end") - F("start"))),
        last=Max("start"),
    ):
        parts.setdefault(each["key"], []).append(each)
    return {key: _share(of_key) for key, of_key in parts.items()}


def _share(parts: Sequence[Mapping[str, Any]]) -> Share:
    return Share(
        appointments=sum(each["count"] for each in parts),
        revenue=money(
            (each["code"], each["amount"]) for each in parts if each["state"] == Status.COMPLETED
        ),
        seconds=sum(each["seconds"] for each in parts),
        last=max(each["last"] for each in parts),
    )


def money(amounts: Iterable[tuple[str, Decimal]]) -> list[Money]:
    """One sum for each currency, by its code."""
    sums: dict[str, Decimal] = {}
    for code, amount in amounts:
        sums[code] = sums.get(code, Decimal(0)) + amount
    return [Money(amount, code) for code, amount in sorted(sums.items())]

"""Each journey's median beside the median of its bare SQL by the same driver, in turns."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils import timezone

from openslot.accounts.models import User
from openslot.appointments.booking import asking, making
from openslot.appointments.free import slots
from openslot.appointments.models import Appointment
from openslot.catalog.models import Category, Service
from openslot.kernel.timerange import Span

BERLIN = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True)
class Figure:
    name: str
    journey: float  # seconds, median
    bare: float
    queries: int

    @property
    def ratio(self) -> float:
        return self.journey / self.bare


def everything(*, rounds: int) -> list[Figure]:
    figures = [
        _reading(f"slots of one provider, {name}", _slots(days), rounds)
        for name, days in (("a day", 1), ("a week", 7), ("a month", 31))
    ]
    figures.append(_reading("earliest of 200 providers", _earliest, max(3, rounds // 5)))
    figures.append(_reading("the first page of one's appointments", _own, rounds))
    figures.append(_booking(rounds))
    figures.append(_series(max(3, rounds // 3)))
    return figures


def _slots(days: int) -> Callable[[int], Any]:
    def journey(number: int) -> Any:
        now = timezone.now()
        service = Service.objects.select_related("provider__user").get(
            provider__slug=f"provider-{1 + number}"
        )
        first = now.astimezone(BERLIN).date() + timedelta(days=1)
        return slots.slots(
            service, first=first, last=first + timedelta(days=days - 1), zone=BERLIN, now=now
        )

    return journey


def _earliest(_number: int) -> Any:
    category = Category.objects.filter(services__isnull=False).order_by("id")[0]
    services = Service.objects.offered().filter(category=category)
    return slots.earliest(services.select_related("provider__user"), limit=200, now=timezone.now())


def _own(number: int) -> Any:
    user = User.objects.filter(provider__isnull=True).order_by("id")[number]
    mine = Appointment.objects.visible_to(user).with_people()
    return list(mine.order_by("start", "id")[:50])


def _reading(name: str, journey: Callable[[int], Any], rounds: int) -> Figure:
    """The journey beside its free-time statements (or all, where it has none) sent by hand."""
    journey(0)  # warm
    took, bare, queries = [], [], 0
    for number in range(rounds):
        sent: list[tuple[str, Any]] = []
        with connection.execute_wrapper(_recording(sent)):
            took.append(_timed(lambda number=number: journey(number)))
        queries = len(sent)
        again = [(sql, params) for sql, params in sent if "range_agg" in sql] or sent
        bare.append(_timed(lambda again=again: _send(again)))
    return Figure(name, statistics.median(took), statistics.median(bare), queries)


def _booking(rounds: int) -> Figure:
    """Booking, beside the bare insertion of such a row by the same driver."""
    took, bare, queries = [], [], 0
    for number, (service, slot, customer) in enumerate(_free(rounds * 2)):
        sent: list[tuple[str, Any]] = []
        if number % 2:
            with connection.execute_wrapper(_recording(sent)):
                took.append(
                    _timed(
                        lambda service=service, slot=slot, customer=customer: making.book(
                            asking.Request(service=service.pk, start=slot.start), by=customer
                        )
                    )
                )
            queries = len(sent)
        else:
            bare.append(
                _timed(
                    lambda service=service, slot=slot, customer=customer: _insert(
                        service, slot, customer
                    )
                )
            )
    return Figure("booking", statistics.median(took), statistics.median(bare), queries)


def _series(rounds: int) -> Figure:
    """A weekly series of two years beside a single booking, both by a provider for somebody."""
    took, single, queries = [], [], 0
    for number, (service, slot, _) in enumerate(_free(rounds * 2)):
        guest = asking.Guest(f"guest{number}@bench.example", "A", "Guest")
        wanted = asking.Request(service=service.pk, start=slot.start, customer=guest)
        if number % 2:
            wanted = replace(wanted, recurrence="FREQ=WEEKLY;COUNT=104")
        book = partial(making.book, wanted, by=service.provider.user)
        if number % 2:
            sent: list[tuple[str, Any]] = []
            with connection.execute_wrapper(_recording(sent)):
                took.append(_timed(book))
            queries = len(sent)
        else:
            single.append(_timed(book))
    name = "a weekly series of 104 (beside one booking)"
    return Figure(name, statistics.median(took), statistics.median(single), queries)


def _free(wanted: int) -> Iterator[tuple[Service, Span, User]]:
    now = timezone.now()
    first = now.astimezone(BERLIN).date() + timedelta(days=20)
    services = Service.objects.select_related("provider__user").order_by("?")[:wanted]
    taken = Appointment.objects.filter(attendee__isnull=False).values("attendee")
    people = User.objects.filter(provider__isnull=True).exclude(pk__in=taken)[:wanted]
    for service, customer in zip(services, people, strict=True):
        days = slots.slots(
            service, first=first, last=first + timedelta(days=20), zone=BERLIN, now=now
        )
        yield service, next(slot for _, free in days for slot in free), customer


def _insert(service: Service, slot: Span, attendee: User) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO appointments_appointment (id, provider_id, customer_id, attendee_id,
                service_id, start, "end", buffer_before_minutes, buffer_after_minutes, held,
                status, price, price_currency, price_rule, location_kind, location_text, notes,
                needs_attention, proposed_by, proposal_dependents, version, sequence,
                booked_as, uninvited, created_at, updated_at)
            SELECT gen_random_uuid(), provider_id, id, %s, %s, %s, %s, 0, 10,
                tstzmultirange(tstzrange(%s, %s)), 'confirmed', 50, 'EUR', '{}', 'in_person', '',
                '', false, '', '', 1, 0, '', false, now(), now()
            FROM accounts_customer WHERE provider_id = %s LIMIT 1
            """,
            [
                attendee.pk,
                service.pk,
                slot.start,
                slot.end,
                slot.start,
                slot.end + timedelta(minutes=10),
                service.provider_id,
            ],
        )


def _recording(sent: list[tuple[str, Any]]) -> Callable[..., Any]:
    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        sent.append((sql, params))
        return execute(sql, params, many, context)

    return wrapper


def _send(statements: list[tuple[str, Any]]) -> None:
    with connection.cursor() as cursor:
        for sql, params in statements:
            cursor.execute(sql, params)
            cursor.fetchall()


def _timed(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def table(young: list[Figure], old: list[Figure], few: int, many: int) -> str:
    lines = [
        (
            f"| journey | queries | {few:,} past: ms | × bare SQL | {many:,} past: ms "
            "| × bare SQL | old ÷ young |"
        ),
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {a.name} | {b.queries} | {a.journey * 1000:.1f} | {a.ratio:.1f} "
        f"| {b.journey * 1000:.1f} | {b.ratio:.1f} | {b.journey / a.journey:.2f} |"
        for a, b in zip(young, old, strict=True)
    ]
    return "\n".join(lines) + "\n"

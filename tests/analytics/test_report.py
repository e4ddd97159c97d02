"""The figures of a provider, against an independent computation and by example."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from moneyed import Money

from openslot.accounts.models import Customer
from openslot.appointments.models import Appointment
from openslot.availability.models import SpecialHours, TimeOff, TimeOffSpan
from tests import town
from tests.analytics import oracle

pytestmark = pytest.mark.django_db

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Pacific/Chatham",
)
LONG_AGO = datetime(2029, 1, 1, tzinfo=UTC)


def done(service, customer, start, status="completed", *, minutes=None, price=None):
    """An appointment as it stands in the book, whatever rules it would have met."""
    end = start + timedelta(minutes=minutes or service.duration_minutes)
    row = Appointment(
        provider=service.provider,
        customer=customer,
        service=service,
        start=start,
        end=end,
        status=status,
        price=price or service.tariff,
        location_kind="in_person",
    )
    row.hold()
    row.save()
    return row


def customer_of(provider, name):
    return Customer.objects.create(provider=provider, first_name=name)


def figures(asking, user, first, last, **more):
    answer = asking(user).get(
        "provider/analytics/", **{"from": str(first), "to": str(last)}, **more
    )
    assert answer.status_code == 200, answer.content
    return answer.json()


@st.composite
def practices(draw):
    """A practice around a change of clocks, and the dates to look at."""
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    middle = draw(
        st.sampled_from(
            [date(2030, 3, 10), date(2030, 3, 31), date(2030, 4, 7), date(2030, 10, 27)]
        )
    )
    first = middle - timedelta(draw(st.integers(0, 4)))
    last = middle + timedelta(draw(st.integers(0, 9)))
    clocks = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30]))
    week = []
    for weekday in draw(st.sets(st.integers(1, 7))):
        start, end = draw(clocks), draw(clocks)
        week.append((weekday, start, end))
    special = {
        first + timedelta(n): [(draw(clocks), draw(clocks))] if draw(st.booleans()) else []
        for n in draw(st.sets(st.integers(0, 6), max_size=2))
    }
    midnight = datetime.combine(first, time.min, zone).astimezone(UTC)
    away = []
    for _ in range(draw(st.integers(0, 2))):
        begin = midnight + timedelta(minutes=15 * draw(st.integers(-100, 900)))
        away.append((begin, begin + timedelta(minutes=15 * draw(st.integers(1, 200)))))
    appointments, moment = [], midnight - timedelta(days=8)
    for _ in range(draw(st.integers(0, 14))):
        moment += timedelta(minutes=5 * draw(st.integers(0, 500)))
        length = 5 * draw(st.integers(1, 60))
        currency = draw(st.sampled_from(["EUR", "JPY", "KWD"]))
        amount = Decimal(draw(st.integers(0, 20_000))) / (1 if currency == "JPY" else 100)
        appointments.append(
            oracle.Done(
                moment,
                moment + timedelta(minutes=length),
                draw(st.sampled_from(oracle.STATUSES)),
                amount,
                currency,
                draw(st.sampled_from(["Cut", "Dye"])),
                draw(st.sampled_from(["Ann", "Ben", "Cy"])),
            )
        )
        moment += timedelta(minutes=length)
    return oracle.Practice(zone, week, special, away, appointments), first, last


def settled(ada, practice):
    """The practice in the database."""
    provider = ada.provider
    provider.timezone = practice.zone.key
    provider.save()
    provider.working_hours.all().delete()
    for weekday, start, end in practice.week:
        provider.working_hours.create(weekday=weekday, start=start, end=end, since=LONG_AGO)
    for day, spans in practice.special.items():
        texts = [[f"{start:%H:%M}", f"{end:%H:%M}"] for start, end in spans]
        SpecialHours.objects.create(provider=provider, date=day, spans=texts, since=LONG_AGO)
    for start, end in practice.away:
        away = TimeOff.objects.create(provider=provider, start=start, end=end)
        TimeOffSpan.objects.create(
            time_off=away, provider=provider, start=start, end=end, since=LONG_AGO
        )
    services = {name: town.service(provider, name=name) for name in ("Cut", "Dye")}
    people = {name: customer_of(provider, name) for name in ("Ann", "Ben", "Cy")}
    for each in practice.done:
        done(
            services[each.service],
            people[each.customer],
            each.start,
            each.status,
            minutes=(each.end - each.start) / oracle.MINUTE,
            price=Money(each.amount, each.currency),
        )


@pytest.mark.property
@settings(max_examples=40)
@given(drawn=practices())
def test_every_figure_is_what_counting_minute_by_minute_gives(asking, ada, clock, drawn):
    practice, first, last = drawn
    clock.move_to(datetime(2030, 12, 1, tzinfo=UTC))
    with transaction.atomic():
        settled(ada, practice)
        said = figures(asking, ada, first, last)
        before = (first - timedelta((last - first).days + 1), first - oracle.DAY)
        assert said["totals"] == oracle.totals(practice, first, last)
        assert said["previous"] == oracle.totals(practice, *before)
        assert said["busiest"] == oracle.busiest(practice, first, last)
        for piece in said["intervals"]:
            start, end = (date.fromisoformat(piece.pop(name)) for name in ("start", "end"))
            assert piece == oracle.figures(practice, start, end)
        for of, name in (("services", "service"), ("customers", "customer")):
            rows = [(row[name]["name"], row["appointments"], row["revenue"]) for row in said[of]]
            assert rows == oracle.shares(practice, first, last, name)
        transaction.set_rollback(True)

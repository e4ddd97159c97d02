"""The figures of a provider, against an independent computation and by example."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from moneyed import Money

from openslot.accounts.models import Customer
from openslot.analytics import report
from openslot.appointments.changing import time_off
from openslot.appointments.models import Appointment
from openslot.availability import hours
from openslot.availability.models import FormerHours, SpecialHours, TimeOff, TimeOffSpan
from openslot.privacy import erasure
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
        price=service.tariff if price is None else price,
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
@settings(max_examples=25, phases=[Phase.explicit, Phase.reuse, Phase.generate])
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


def offered(asking, user, first, last=None):
    return figures(asking, user, first, last or first)["totals"]["offered_minutes"]


def test_a_past_day_counts_with_the_hours_that_stood_when_it_ended(asking, ada, clock):
    town_day = date(2030, 4, 1)
    clock.move_to(town.at(8, day=2))
    assert offered(asking, ada, town_day) == 8 * 60
    hours.set_week(ada.provider, spans=[hours.WeekSpan(1, time(9), time(10))])
    assert offered(asking, ada, town_day) == 8 * 60
    assert offered(asking, ada, town_day + timedelta(7)) == 60
    clock.move_to(town.at(8, day=9))
    hours.set_week(ada.provider, spans=[])
    assert offered(asking, ada, town_day) == 8 * 60
    assert offered(asking, ada, town_day + timedelta(7)) == 60
    assert offered(asking, ada, town_day + timedelta(14)) == 0


def test_a_past_day_counts_with_the_special_hours_that_stood_when_it_ended(asking, ada, clock):
    day = date(2030, 4, 2)
    special = hours.set_special(ada.provider, day=day, spans=[hours.DaySpan(time(9), time(11))])
    clock.move_to(town.at(8, day=4))
    hours.remove_special(ada.provider, id=special.pk)
    assert offered(asking, ada, day) == 2 * 60


def test_a_past_day_counts_with_the_time_off_that_stood_when_it_ended(asking, ada, clock):
    day = date(2030, 4, 2)
    taken, _ = time_off.take(ada.provider, by=ada, start=town.at(8, day=1), end=town.at(10, day=1))
    assert offered(asking, ada, day) == 6 * 60
    clock.move_to(town.at(8, day=4))
    time_off.give_back(ada.provider, id=taken.pk)
    assert offered(asking, ada, day) == 6 * 60
    time_off.take(ada.provider, by=ada, start=town.at(7, day=1), end=town.at(20, day=1))
    assert offered(asking, ada, day) == 6 * 60


def test_what_came_and_went_on_one_day_leaves_no_history(ada):
    for _ in range(3):
        hours.set_week(ada.provider, spans=[hours.WeekSpan(1, time(9), time(10))])
    assert not FormerHours.objects.exists()


def test_an_erased_provider_leaves_no_former_hours(ada, clock):
    clock.move_to(town.at(8, day=3))
    hours.set_week(ada.provider, spans=[])
    assert FormerHours.objects.exists()
    erasure.erase(ada)
    assert not FormerHours.objects.exists()


def test_days_before_the_first_hours_offer_nothing(asking, ada):
    said = figures(asking, ada, date(2030, 3, 1), date(2030, 3, 31))["totals"]
    assert (said["offered_minutes"], said["utilisation"]) == (0, None)
    assert (said["cancellation_rate"], said["no_show_rate"]) == (None, None)


@pytest.mark.parametrize(
    ("days", "interval"), [(1, "day"), (45, "day"), (46, "week"), (190, "week"), (191, "month")]
)
def test_an_interval_is_a_day_a_week_or_a_month_by_length(asking, ada, days, interval):
    first = date(2030, 1, 1)
    assert figures(asking, ada, first, first + timedelta(days - 1))["interval"] == interval


def test_weeks_begin_on_monday_and_the_edges_are_cut(asking, ada):
    said = figures(asking, ada, date(2030, 4, 4), date(2030, 4, 16), interval="week")
    assert [(piece["start"], piece["end"]) for piece in said["intervals"]] == [
        ("2030-04-04", "2030-04-07"),
        ("2030-04-08", "2030-04-14"),
        ("2030-04-15", "2030-04-16"),
    ]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "2030-04-02", "to": "2030-04-01"}, "from"),
        ({"from": "2030-01-01", "to": "2033-01-01"}, "to"),
        ({"from": "2030-01-01"}, "to"),
        ({"from": "2030-01-01", "to": "2030-01-02", "interval": "year"}, "interval"),
        ({"from": "yesterday", "to": "2030-01-02"}, "from"),
        ({"from": "2030-01-01", "to": "2030-01-02", "until": "2030-01-02"}, "until"),
    ],
)
def test_dates_that_make_no_period_are_refused_beside_their_field(asking, ada, query, field):
    answer = asking(ada).get("provider/analytics/", **query)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_as_many_as_1096_days_are_answered(asking, ada):
    said = figures(asking, ada, date(2030, 1, 1), date(2032, 12, 31))
    assert (said["interval"], len(said["intervals"])) == ("month", 36)


def test_who_is_no_provider_has_no_figures(asking, bob):
    answer = asking(bob).get("provider/analytics/", **{"from": "2030-04-01", "to": "2030-04-01"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_at_most_twenty_customers_are_named_the_first_by_name_of_as_many(asking, ada, massage):
    for n in range(22):
        done(massage, customer_of(ada.provider, f"Guest {n:02}"), town.at(7, day=n))
    frequent = customer_of(ada.provider, "Zoe")
    for n in (30, 31):
        done(massage, frequent, town.at(7, day=n))
    rows = figures(asking, ada, date(2030, 4, 1), date(2030, 5, 10))["customers"]
    names = [row["customer"]["name"] for row in rows]
    assert names == ["Zoe", *(f"Guest {n:02}" for n in range(19))]
    assert rows[0]["last_visit"] == "2030-05-02T07:00:00Z"


def test_figures_cost_the_same_queries_for_any_number_of_appointments(
    ada, massage, django_assert_num_queries
):
    customer = customer_of(ada.provider, "Ann")
    with django_assert_num_queries(12):  # hours 6, booked 2, customers 2, shares 2
        report.report(ada.provider, first=date(2030, 4, 1), last=date(2030, 4, 30))
    for n in range(20):
        done(massage, customer, town.at(7, day=n))
    with django_assert_num_queries(14):  # and the services and customers by name
        report.report(ada.provider, first=date(2030, 4, 1), last=date(2030, 4, 30))

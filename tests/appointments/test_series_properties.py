"""Series against dateutil and a second opinion; random moves with random scopes and what must hold."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule
from django.db import transaction
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from openslot.appointments import errors
from openslot.appointments.booking import prerequisites, series
from openslot.appointments.changing import cancelling, rescheduling, time_off
from openslot.appointments.models import ACTIVE, DROPPED, Appointment
from openslot.kernel import timerange
from openslot.kernel.errors import DomainError
from tests import town
from tests.appointments import traces
from tests.town import GUEST

pytestmark = [pytest.mark.property, pytest.mark.django_db]

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = timedelta(minutes=1)
CALENDARS = settings.default.max_examples // 2  # 500 in soak, a tenth of that otherwise


@contextlib.contextmanager
def a_world():
    """A town that is gone afterwards: hypothesis makes many in one test."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def practice(name="Ada", **rules):
    made = town.provider(town.person(name), booking_window_days=1095, **rules)
    town.hours(made)
    return made


# The dates


@st.composite
def simple_rules(draw):
    """A rule in words of our own, and the arguments of dateutil's."""
    name = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]))
    interval = draw(st.integers(1, 4))
    count = draw(st.integers(2, 20 if name != "MONTHLY" else 6))
    text = f"FREQ={name};INTERVAL={interval};COUNT={count}"
    return text, getattr(rrule, name), {"interval": interval, "count": count}


@settings(max_examples=CALENDARS)
@given(
    rule=simple_rules(),
    day=st.integers(0, 364),
    clock=st.sampled_from([(0, 0), (2, 0), (2, 30), (3, 0), (10, 0), (23, 45)]),
    zone=st.sampled_from(
        ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo"]
    ),
)
def test_the_dates_are_dateutils_in_local_time_across_changes_of_clocks(
    people, rule, day, clock, zone
):
    text, frequency, parts = rule
    here = ZoneInfo(zone)
    local = datetime(2030, 4, 2, *clock) + timedelta(days=day)  # noqa: DTZ001
    assume(local.day <= 28)
    start = local.replace(tzinfo=here)
    assume(start.astimezone(ZoneInfo("UTC")).astimezone(here).replace(tzinfo=None) == local)
    with a_world():
        sold = town.service(practice(timezone=zone), duration_minutes=10)
        asked = {"by": sold.provider.user, "customer": GUEST, "start": start, "recurrence": text}
        made = town.book_series(sold.pk, **asked)
        expected = [each.replace(tzinfo=here) for each in rrule.rrule(frequency, local, **parts)]
        found = [each.series_start for each in made.occurrences.by_start()]
        assert found == [each.astimezone(ZoneInfo("UTC")) for each in expected]


# Preview and booking


@settings(max_examples=CALENDARS)
@given(data=st.data())
def test_preview_and_booking_agree_in_random_calendars(people, data):
    with a_world():
        ada = practice(
            daily_limit=data.draw(st.sampled_from([None, 1, 2])), confirmation="automatic"
        )
        sold = town.service(ada, buffer_after_minutes=data.draw(st.sampled_from([0, 15])))
        other = town.service(practice("Dan", confirmation="automatic"))
        bob, carol = town.person("Bob"), town.person("Carol")
        half_hours = st.tuples(st.integers(0, 9), st.integers(0, 14))
        for (day, half), what in data.draw(
            st.lists(st.tuples(half_hours, st.sampled_from(["carol", "bob", "away"])), max_size=10)
        ):
            at = town.at(7, day=day + 1) + half * 30 * MINUTE
            with contextlib.suppress(DomainError):
                if what == "away":
                    time_off.take(ada, by=ada.user, start=at, end=at + 40 * MINUTE)
                elif what == "carol":
                    town.booked(sold, carol, at)
                else:
                    town.booked(other, bob, at)
        asked = {
            "by": bob,
            "start": town.at(7, day=1) + data.draw(st.integers(0, 15)) * 30 * MINUTE,
            "recurrence": f"FREQ=DAILY;COUNT={data.draw(st.integers(1, 6))}",
        }
        alone = [_code(sold, bob, start) for start in _days(asked)]
        found = town.preview(sold.pk, **asked).occurrences
        assert [each.reason for each in found] == alone
        for how in ("skip", "shift"):
            found = town.preview(sold.pk, on_conflict=how, **asked)
            free = [each.start for each in found.occurrences if each.free]
            if not free:
                with pytest.raises(errors.SeriesConflict):
                    town.book_series(sold.pk, on_conflict=how, **asked)
                continue
            with a_world():
                made = town.book_series(sold.pk, on_conflict=how, **asked)
                assert [each.start for each in made.occurrences.order_by("series_start")] == free
                total = series.total_price(made, made.occurrences.all())
                assert total == found.total_price
                skipped = [each["reason"] for each in made.skipped]
                assert skipped == [each.reason for each in found.occurrences if not each.free]


def _days(asked):
    count = int(asked["recurrence"].rpartition("=")[2])
    return [asked["start"] + timedelta(days=n) for n in range(count)]


def _code(sold, by, start):
    """What a single booking of that date would get."""
    return town.preview(sold.pk, by=by, start=start).occurrences[0].reason


# Moves


@settings(max_examples=max(3, settings.default.max_examples * 12 // 100))
@given(data=st.data())
def test_whatever_is_moved_and_cancelled_the_promises_hold(people, data):
    with a_world():
        ada = practice(confirmation="automatic")
        sold = town.service(ada, duration_minutes=60, buffer_before_minutes=10)
        then = town.service(
            ada, name="Then", requires=sold, requires_min_days=1, requires_max_days=4
        )
        bob, carol = town.person("Bob"), town.person("Carol")
        rule = "FREQ=WEEKLY;COUNT=5"
        made = [
            town.book_series(sold.pk, by=by, start=town.at(hour, day=185), recurrence=rule)
            for by, hour in ((bob, 8), (carol, 10))
        ]  # the clocks change in between
        for n in (0, 2):
            town.booked(then, bob, town.at(8, day=187 + 7 * n))
        identities = set(_identities())
        for _ in range(data.draw(st.integers(3, 8))):
            one = data.draw(st.sampled_from(sorted(_everything(), key=lambda each: each.created)))
            _act(data, one, by=data.draw(st.sampled_from([ada.user, one.customer.user])))
            _check_promises()
            assert set(_identities()) == identities
        for each in made:
            rows = list(each.occurrences.all())
            kept = [row.price for row in rows if row.status not in DROPPED]
            assert series.total_price(each, rows).amount == sum(price.amount for price in kept)


def _everything():
    rows = list(Appointment.objects.with_people().order_by("service", "series", "series_start"))
    for number, row in enumerate(rows):
        row.created = number
    return rows


def _identities():
    return Appointment.objects.values_list("pk", "series_id", "series_start")


def _act(data, one, *, by):
    scope = data.draw(st.sampled_from(["this", "following", "all"]))
    choice = data.draw(st.sampled_from([None, "cancel", "shift", "keep"]))
    change = timedelta(days=data.draw(st.integers(-7, 7)), hours=data.draw(st.integers(-2, 2)))
    before, stood = traces.seen(), {row.pk: row for row in _everything()}
    try:
        if data.draw(st.integers(0, 3)) == 0:
            cancelling.cancel(one.pk, by=by, scope=scope, dependents=choice)
            return
        start = timerange.on_the_wall(one.start, change, BERLIN)
        rescheduling.reschedule(one.pk, by=by, start=start, scope=scope, dependents=choice)
    except DomainError:
        assert traces.seen() == before
        return
    for row in _everything():  # all that moved, moved alike on the wall
        if row.start != stood[row.pk].start:
            local, was = (
                each.start.astimezone(BERLIN).replace(tzinfo=None) for each in (row, stood[row.pk])
            )
            assert local - was == change


def _check_promises():
    active = [row for row in _everything() if row.status in ACTIVE]
    for one, other in combinations(sorted(active, key=lambda row: row.start), 2):
        apart = one.buffer_after_minutes + other.buffer_before_minutes
        assert one.end + apart * MINUTE <= other.start
    counting = Appointment.objects.filter(status__in=prerequisites.COUNTS)
    for row in active:
        first = row.depends_on
        if first is not None and not row.needs_attention:
            assert first.status in prerequisites.COUNTS
            assert prerequisites.fits(row.service, ends=first.end, start=row.start)
        if row.needs_attention:  # and nothing else would do
            for other in counting.filter(customer=row.customer, service=row.service.requires):
                assert not prerequisites.fits(row.service, ends=other.end, start=row.start)

"""Recurring appointments: every date checked, one act, one transaction, and moves of several."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openslot.accounts.models import Provider
from openslot.appointments import errors
from openslot.appointments.booking import series
from openslot.appointments.changing import answers, cancelling, rescheduling, time_off
from openslot.appointments.free import free_time
from openslot.appointments.free.weeks import memory
from openslot.appointments.models import Appointment, Move, Series, Status
from openslot.kernel.errors import Invalid, NotAllowed, NotFound
from openslot.privacy import erasure, joining
from tests import town
from tests.appointments import traces
from tests.appointments.traces import refused
from tests.town import GUEST

pytestmark = pytest.mark.django_db

BERLIN = ZoneInfo("Europe/Berlin")
TEN = town.at(8, day=1)  # Tuesday, ten o'clock in Berlin
WEEKLY = "FREQ=WEEKLY;COUNT=6"
WEEK = timedelta(days=7)


def weeks(*numbers, hour=8):
    return [town.at(hour, day=1 + 7 * n) for n in numbers]


def starts(of):
    return [each.start for each in of.occurrences.active().by_start()]


@pytest.fixture
def six(far, massage, bob):
    """Bob asks Ada for six Tuesdays at ten."""
    return town.book_series(massage.pk, by=bob, start=TEN, recurrence=WEEKLY, notes="Left shoulder")


def of(made):
    return list(made.occurrences.by_start())


# Booking


def test_every_date_is_an_appointment_of_its_own_under_one_act(far, massage, bob):
    before = traces.seen()
    made = town.book_series(massage.pk, by=bob, start=TEN, recurrence=WEEKLY, notes="Hello")
    occurrences = of(made)
    assert [each.start for each in occurrences] == weeks(*range(6))
    assert {each.status for each in occurrences} == {Status.PENDING}
    assert {each.notes for each in occurrences} == {"Hello"}
    assert [each.series_start for each in occurrences] == [each.start for each in occurrences]
    assert series.total_price(made, occurrences).amount == 300
    new = traces.seen().since(before)
    traces.only_act(new)
    assert len(new.moves) == 6
    assert (made.recurrence, made.zone_name, made.skipped) == (WEEKLY, "Europe/Berlin", [])


def test_a_provider_books_a_series_for_somebody_bound_by_overlaps_only(far, massage, ada, bob):
    town.booked(massage, bob, weeks(2)[0])
    night = town.at(22, day=1)
    asked = {"by": ada, "start": night, "recurrence": WEEKLY, "customer": GUEST}
    made = town.book_series(massage.pk, **asked)
    assert {each.status for each in of(made)} == {Status.CONFIRMED}
    clash = refused(
        errors.SeriesConflict,
        town.book_series,
        massage.pk,
        by=ada,
        start=TEN,
        recurrence=WEEKLY,
        customer=GUEST,
    )
    assert clash.extra["conflicts"] == [{"start": weeks(2)[0], "reason": "slot_taken"}]


def test_the_hour_on_the_wall_is_kept_across_the_change_of_clocks(far, massage, bob):
    made = town.book_series(
        massage.pk, by=bob, start=town.at(8, day=190), recurrence="FREQ=WEEKLY;COUNT=8"
    )
    local = [start.astimezone(BERLIN) for start in starts(made)]
    assert {start.hour for start in local} == {10}
    assert len({start.utcoffset() for start in local}) == 2


@pytest.fixture
def in_the_way(far, massage, haircut, ada, dan, bob, carol):
    """What stands against some of the six Tuesdays, in four ways."""
    town.booked(massage, carol, weeks(1)[0])
    town.booked(haircut, bob, weeks(2)[0])
    off = weeks(3, hour=6)[0]  # the whole day
    time_off.take(ada.provider, by=ada, start=off, end=off + timedelta(hours=10))
    return [
        {"start": start, "reason": reason}
        for start, reason in zip(
            weeks(1, 2, 3), ["slot_taken", "customer_busy", "slot_unavailable"], strict=True
        )
    ]


def test_fail_books_nothing_and_names_every_clash(in_the_way, massage, bob):
    asked = {"by": bob, "start": TEN, "recurrence": WEEKLY}
    clash = refused(errors.SeriesConflict, town.book_series, massage.pk, **asked)
    assert clash.extra["conflicts"] == in_the_way
    assert not Series.objects.exists()


def test_skip_leaves_the_clashes_out_and_remembers_them(in_the_way, massage, bob):
    made = town.book_series(massage.pk, by=bob, start=TEN, recurrence=WEEKLY, on_conflict="skip")
    assert starts(made) == weeks(0, 4, 5)
    assert [(each["start"], each["reason"]) for each in made.skipped] == [
        (each["start"].isoformat(), each["reason"]) for each in in_the_way
    ]
    told = [each.get("detail") for each in made.skipped if each["reason"] == "slot_unavailable"]
    assert told == ["The provider is away at that time."]


def test_shift_takes_the_nearest_free_start_of_the_day_or_leaves_it_out(in_the_way, massage, bob):
    made = town.book_series(massage.pk, by=bob, start=TEN, recurrence=WEEKLY, on_conflict="shift")
    found = {each.series_start: each.start for each in of(made)}
    nine = timedelta(hours=-1)
    assert found == {
        weeks(0)[0]: weeks(0)[0],
        weeks(1)[0]: weeks(1)[0] + nine,
        weeks(2)[0]: weeks(2)[0] + timedelta(minutes=30),
        **{start: start for start in weeks(4, 5)},
    }
    assert [each["reason"] for each in made.skipped] == ["slot_unavailable"]


def test_a_provider_shifts_by_whole_steps_of_the_same_day(in_the_way, massage, ada):
    made = town.book_series(
        massage.pk, by=ada, start=TEN, recurrence=WEEKLY, on_conflict="shift", customer=GUEST
    )
    assert starts(made) == [
        start if n != 1 else start - timedelta(hours=1) for n, start in enumerate(weeks(*range(6)))
    ]


def test_a_series_of_which_nothing_is_left_is_refused(far, massage, bob):
    asked = {"by": bob, "start": town.at(22, day=1), "recurrence": WEEKLY}
    for how in ("skip", "shift"):
        if how == "shift":
            massage.provider.working_hours.all().delete()
        refused(errors.SeriesConflict, town.book_series, massage.pk, on_conflict=how, **asked)


def test_occurrences_must_not_overlap_each_other(far, ada, massage):
    massage.duration_minutes = 1440
    massage.buffer_after_minutes = 30
    massage.save()
    asked = {"by": ada, "start": TEN, "recurrence": "FREQ=DAILY;COUNT=4", "customer": GUEST}
    clash = refused(errors.SeriesConflict, town.book_series, massage.pk, **asked)
    taken = [TEN + timedelta(days=1), TEN + timedelta(days=3)]
    assert clash.extra["conflicts"] == [{"start": start, "reason": "slot_taken"} for start in taken]


def test_a_series_counts_as_one_request_and_a_full_day_is_a_clash(far, massage, ada, bob, carol):
    ada.provider.pending_limit, ada.provider.daily_limit = 2, 1
    ada.provider.save()
    first = town.book_series(massage.pk, by=bob, start=TEN, recurrence=WEEKLY)
    other = {"start": town.at(10, day=1), "recurrence": "FREQ=WEEKLY;COUNT=7"}
    clash = refused(errors.SeriesConflict, town.book_series, massage.pk, by=carol, **other)
    assert {each["reason"] for each in clash.extra["conflicts"]} == {"limit_reached"}
    assert len(clash.extra["conflicts"]) == 6
    town.booked(massage, bob, town.at(8, day=3))
    asked = {"by": bob, "start": town.at(8, day=4), "recurrence": "FREQ=WEEKLY;COUNT=2"}
    refused(errors.LimitReached, town.book_series, massage.pk, **asked)
    found = town.preview(massage.pk, **asked)
    assert [each.reason for each in found.occurrences] == ["limit_reached"] * 2
    assert found.total_price.amount == 0
    assert first.occurrences.count() == 6


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=HOURLY;COUNT=3", "FREQ has to be"),  # finer than a day
        ("FREQ=DAILY", "either COUNT or UNTIL"),  # endless
        ("FREQ=DAILY;COUNT=3;UNTIL=20310101", "either COUNT or UNTIL"),
        ("FREQ=DAILY;INTERVAL=0;COUNT=3", "INTERVAL is a whole number"),
        ("FREQ=DAILY;COUNT=0", "COUNT is a whole number"),
        ("FREQ=DAILY;COUNT=105", "COUNT is a whole number from 1 to 104"),
        ("FREQ=YEARLY;COUNT=4", "more than 2 years"),
        ("FREQ=DAILY;COUNT=3;BYHOUR=9", "BYHOUR cannot be used"),
        ("FREQ=WEEKLY;BYDAY=MO;COUNT=3", "not itself an occurrence"),  # the start is a Tuesday
        ("FREQ=WEEKLY;UNTIL=20300101", "UNTIL lies before the start"),
        ("every Tuesday", "cannot be used in a rule"),
    ],
)
def test_a_senseless_rule_is_refused_in_words(far, massage, bob, rule, words):
    for call in (town.book_series, town.preview):
        wrong = refused(Invalid, call, massage.pk, by=bob, start=TEN, recurrence=rule)
        assert words in wrong.errors["recurrence"][0]


def test_a_rule_that_leaves_the_calendar_is_refused(far, massage, ada):
    asked = {"by": ada, "start": town.NOW.replace(year=2199), "customer": GUEST}
    wrong = refused(
        Invalid, town.book_series, massage.pk, recurrence="FREQ=YEARLY;COUNT=2", **asked
    )
    assert "2199" in wrong.errors["recurrence"][0]


def test_a_choice_that_is_none_is_refused(far, massage, bob):
    asked = {"by": bob, "start": TEN, "recurrence": WEEKLY, "on_conflict": "hope"}
    assert "on_conflict" in refused(Invalid, town.book_series, massage.pk, **asked).errors


# Preview


def test_a_preview_says_of_each_date_what_booking_does(in_the_way, massage, bob):
    asked = {"by": bob, "start": TEN, "recurrence": WEEKLY}
    found = town.preview(massage.pk, **asked)
    assert [each.start for each in found.occurrences] == weeks(*range(6))
    reasons = [each.reason for each in found.occurrences]
    assert reasons == [None, *(each["reason"] for each in in_the_way), None, None]
    assert found.total_price.amount == 150
    shifted = town.preview(massage.pk, on_conflict="shift", **asked)
    moved = shifted.occurrences[1]
    assert (moved.free, moved.shifted_from) == (True, weeks(1)[0])
    assert moved.start == weeks(1)[0] - timedelta(hours=1)
    assert shifted.total_price.amount == 250
    assert not Series.objects.exists()


def test_two_years_of_weeks_in_one_statement_and_no_more_queries_than_two(far, massage, bob):
    def measured(call, count):
        with CaptureQueriesContext(connection) as queries:
            call(massage.pk, by=bob, start=TEN, recurrence=f"FREQ=WEEKLY;COUNT={count}")
        return queries

    def searches(queries):
        return sum("hours.spans" in each["sql"] for each in queries)

    few, many = measured(town.preview, 2), measured(town.preview, 104)
    assert "hours.spans" in free_time.STATEMENT
    assert (searches(many), len(many)) == (1, len(few))
    memory.forget()  # else what the preview read is known
    booked = measured(town.book_series, 104)
    assert Appointment.objects.count() == 104
    # service, lock, customer, lock: 4; revision, hours: 2; free time, overlaps: 2; customer, series,
    # act, appointments, moves and job: 6; guests at her addresses: 2 (blocked;
    # to join); savepoints: 2
    assert (searches(booked), len(booked)) == (1, BOOKING_QUERIES)


BOOKING_QUERIES = 18


# Moves of several


def test_cancelling_this_following_and_all(six, ada, bob):
    rows = of(six)
    cancelling.cancel(rows[1].pk, by=bob)
    assert starts(six) == weeks(0, 2, 3, 4, 5)
    cancelling.cancel(rows[4].pk, by=bob, scope="following")
    assert starts(six) == weeks(0, 2, 3)
    before = traces.seen()
    cancelling.cancel(rows[2].pk, by=ada, scope="all", reason="Ill")
    assert starts(six) == []
    new = traces.seen().since(before)
    assert (traces.only_act(new).reason, len(new.moves)) == ("Ill", 3)
    assert series.total_price(six, of(six)).amount == 0


def test_following_goes_by_the_original_dates(six, ada):
    rows = of(six)
    rescheduling.reschedule(rows[4].pk, by=ada, start=town.at(12, day=2))  # it is early now
    cancelling.cancel(rows[3].pk, by=ada, scope="following")
    assert starts(six) == weeks(0, 1, 2)


def test_a_move_of_all_takes_siblings_places(six, ada):
    """A week later: each where the next one stood, in one act."""
    rows = of(six)
    before = traces.seen()
    rescheduling.reschedule(rows[0].pk, by=ada, start=rows[1].start, scope="all")
    assert starts(six) == weeks(*range(1, 7))
    assert [each.series_start for each in of(six)] == weeks(*range(6))
    new = traces.seen().since(before)
    traces.only_act(new)
    assert len(new.moves) == 6
    assert {row["version"] for row in new.rows.values()} == {2}


def test_the_wall_clock_counts_where_clocks_change_in_between(far, massage, ada, bob):
    asked = {"by": bob, "start": town.at(8, day=197), "recurrence": "FREQ=WEEKLY;COUNT=4"}
    made = town.book_series(massage.pk, **asked)  # the clocks change on 27 October
    rows = of(made)
    rescheduling.reschedule(rows[0].pk, by=ada, start=town.at(9, 30, day=198), scope="all")
    local = [start.astimezone(BERLIN) for start in starts(made)]
    assert {(at.hour, at.minute) for at in local} == {(11, 30)}
    assert [at.date() for at in local] == [
        each.series_start.astimezone(BERLIN).date() + timedelta(days=1) for each in rows
    ]


def test_one_that_cannot_move_stops_all(six, massage, ada, carol):
    town.booked(massage, carol, weeks(3, hour=10)[0])
    rows = of(six)
    clash = refused(
        errors.SeriesConflict,
        rescheduling.reschedule,
        rows[0].pk,
        by=ada,
        start=town.at(10, day=1),
        scope="all",
    )
    assert clash.extra["conflicts"] == [{"start": weeks(3, hour=10)[0], "reason": "slot_taken"}]
    rescheduling.reschedule(rows[4].pk, by=ada, start=weeks(4, hour=10)[0], scope="following")
    assert starts(six) == [*weeks(0, 1, 2, 3), *weeks(4, 5, hour=10)]


def test_ended_ones_are_passed_over(six, ada, clock):
    rows = of(six)
    answers.accept(rows[0].pk, by=ada)
    answers.decline(rows[1].pk, by=ada)
    clock.move_to(rows[0].end)
    rescheduling.reschedule(rows[2].pk, by=ada, start=weeks(2, hour=10)[0], scope="all")
    assert starts(six) == [weeks(0)[0], *weeks(2, 3, 4, 5, hour=10)]


def test_a_provider_accepts_and_declines_several(six, ada, bob):
    rows = of(six)
    answers.accept(rows[0].pk, by=ada)
    answers.decline(rows[4].pk, by=ada, scope="following")
    answers.accept(rows[1].pk, by=ada, scope="all")
    assert [each.status for each in of(six)] == ["confirmed"] * 4 + ["declined"] * 2
    refused(NotAllowed, answers.accept, rows[1].pk, by=bob, scope="all")


@pytest.mark.parametrize("answer", [answers.accept, answers.decline])
def test_one_whose_time_has_run_out_does_not_keep_the_others_from_an_answer(
    six, ada, clock, answer
):
    Provider.objects.update(pending_expiry_hours=0)  # each waits until it begins
    rows = of(six)
    six.occurrences.update(expires_at=F("start"))
    clock.move_to(rows[0].start + timedelta(minutes=1))
    answer(rows[1].pk, by=ada, scope="all")
    first, *others = (each.status for each in of(six))
    assert first == "pending"
    assert len(set(others)) == 1
    assert others[0] != "pending"


def test_a_series_counts_as_one_request_and_a_proposed_time_as_its_own(six, massage, ada, bob):
    town.booked(massage, bob, town.at(10, day=1))
    rows = of(six)

    def waiting():
        return Appointment.objects.as_provider(ada).awaiting_provider(timezone.now())

    alone, whole = waiting().requests().order_by("dates")
    assert (whole.pk, whole.dates, whole.last_start) == (rows[0].pk, 6, rows[5].start)
    assert (whole.total_amount, alone.dates, alone.total_amount) == (300, 1, 50)
    answers.accept(rows[0].pk, by=ada)
    rescheduling.reschedule(rows[0].pk, by=bob, start=weeks(0, hour=12)[0])
    found = {each.pk: each.dates for each in waiting().requests()}
    assert found == {alone.pk: 1, rows[0].pk: 1, rows[1].pk: 5}
    assert waiting().count_requests() == len(found)


def test_a_customer_of_a_manual_provider_proposes_for_each(six, ada, bob):
    rows = of(six)
    answers.accept(rows[0].pk, by=ada, scope="all")
    rescheduling.reschedule(rows[0].pk, by=bob, start=weeks(0, hour=10)[0], scope="all")
    assert {each.proposed_by for each in of(six)} == {"customer"}
    assert starts(six) == weeks(*range(6))
    answers.decline(rows[5].pk, by=ada)
    answers.accept(rows[0].pk, by=ada, scope="all")
    assert starts(six) == [*weeks(*range(5), hour=10), weeks(5)[0]]


def test_proposals_do_not_take_places_that_siblings_keep(six, ada, bob):
    rows = of(six)
    answers.accept(rows[0].pk, by=ada, scope="all")
    clash = refused(
        errors.SeriesConflict,
        rescheduling.reschedule,
        rows[0].pk,
        by=bob,
        start=rows[1].start,
        scope="all",
    )
    assert {each["reason"] for each in clash.extra["conflicts"]} == {"slot_taken"}


def test_a_customer_too_late_for_one_is_too_late_for_all(six, ada, bob, clock):
    ada.provider.cancellation_notice_hours = 24
    ada.provider.save()
    rows = of(six)
    answers.accept(rows[0].pk, by=ada, scope="all")
    clock.move_to(TEN - timedelta(hours=2))
    clash = refused(errors.SeriesConflict, cancelling.cancel, rows[2].pk, by=bob, scope="all")
    assert clash.extra["conflicts"] == [{"start": TEN, "reason": "too_late"}]
    cancelling.cancel(rows[1].pk, by=bob, scope="following")
    assert starts(six) == [TEN]


def test_what_is_no_scope_is_refused_and_alone_it_is_this(massage, bob, six):
    alone = town.booked(massage, bob, town.at(8, day=2))
    wrong = refused(Invalid, cancelling.cancel, alone.pk, by=bob, scope="some")
    assert "scope" in wrong.errors
    assert cancelling.cancel(alone.pk, by=bob, scope="all").status == Status.CANCELLED


# Extending


def test_a_series_is_extended_by_so_many_or_until_a_date(six, bob, ada, carol):
    more = town.extend(six.pk, by=bob, count=2)
    assert (more.recurrence, starts(six)) == ("FREQ=WEEKLY;COUNT=8", weeks(*range(8)))
    found = town.preview_extension(six.pk, by=ada, until=date(2030, 6, 11))
    assert [each.start for each in found.occurrences] == weeks(8, 9, 10)
    again = town.extend(six.pk, by=ada, until=date(2030, 6, 11))
    assert again.recurrence == "FREQ=WEEKLY;UNTIL=20300611"
    assert starts(six) == weeks(*range(11))
    refused(NotFound, town.extend, six.pk, by=carol, count=1)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "count"),
        ({"count": 1, "until": date(2031, 1, 1)}, "count"),
        ({"count": 0}, "count"),
        ({"count": 104}, "count"),
        ({"until": date(2030, 5, 9)}, "until"),
        ({"until": date(2020, 5, 9)}, "until"),
        ({"until": date(2050, 5, 9)}, "until"),
    ],
)
def test_an_extension_that_makes_no_sense_is_refused(six, bob, asked, field):
    wrong = refused(Invalid, town.extend, six.pk, by=bob, **asked)
    assert wrong.errors.keys() <= {"count", "until"}
    assert wrong.errors


def test_an_extension_goes_on_where_the_series_was_moved_to(six, ada):
    rows = of(six)
    rescheduling.reschedule(rows[3].pk, by=ada, start=town.at(12, day=23), scope="following")
    town.extend(six.pk, by=ada, count=1)
    assert starts(six)[-1] == town.at(12, day=44)
    assert of(six)[-1].series_start == weeks(6)[0]


def test_an_extension_goes_on_where_accepted_proposals_led(six, ada, bob):
    rows = of(six)
    answers.accept(rows[0].pk, by=ada, scope="all")
    rescheduling.reschedule(rows[0].pk, by=bob, start=weeks(0, hour=10)[0], scope="all")
    town.extend(six.pk, by=ada, count=1)  # nothing has been agreed on yet
    assert starts(six)[-1] == weeks(6)[0]
    answers.accept(rows[0].pk, by=ada, scope="all")
    town.extend(six.pk, by=ada, count=1)
    assert starts(six)[-1] == weeks(7, hour=10)[0]


def test_an_extension_does_not_follow_one_that_was_moved_alone(six, ada, bob):
    rows = of(six)
    rescheduling.reschedule(rows[0].pk, by=ada, start=weeks(0, hour=10)[0])
    answers.accept(rows[1].pk, by=ada)
    rescheduling.reschedule(rows[1].pk, by=bob, start=weeks(1, hour=10)[0])
    answers.accept(rows[1].pk, by=ada)
    town.extend(six.pk, by=ada, count=1)
    assert starts(six)[-1] == weeks(6)[0]


def test_a_move_of_all_to_where_they_are_changes_only_what_stands_elsewhere(six, ada):
    rows = of(six)
    before = traces.seen()
    rescheduling.reschedule(rows[0].pk, by=ada, start=rows[0].start, scope="all")
    assert traces.seen() == before


def test_an_extension_meets_what_is_in_the_way(six, massage, bob, carol):
    town.booked(massage, carol, weeks(7)[0])
    refused(errors.SeriesConflict, town.extend, six.pk, by=bob, count=3)
    more = town.extend(six.pk, by=bob, count=3, on_conflict="skip")
    assert starts(six)[-2:] == weeks(6, 8)
    assert [each["reason"] for each in more.skipped] == ["slot_taken"]
    assert Move.objects.filter(appointment__series=six).count() == 8
    town.extend(six.pk, by=bob, count=1)
    assert starts(six)[-1] == weeks(9)[0]


def test_a_guests_series_joins_the_account_with_its_appointments(far, massage, ada, bob):
    town.booked(massage, bob, town.at(12, day=1))
    made = town.book_series(massage.pk, by=ada, start=TEN, recurrence=WEEKLY, customer=GUEST)
    assert joining.join(bob, email=GUEST.email) == 6
    made.refresh_from_db()
    assert made.customer.user == bob
    assert town.extend(made.pk, by=bob, count=1).occurrences.count() == 7


def test_what_is_erased_takes_the_series_along(six, bob, ada):
    erasure.erase(bob)
    assert starts(six) == []
    erasure.erase(ada)
    assert Series.objects.get().occurrences.count() == 6

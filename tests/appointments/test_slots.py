"""What can be booked, and why something cannot."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from openslot.appointments import errors
from openslot.appointments.changing import answers, cancelling, rescheduling
from openslot.appointments.free import slots
from openslot.appointments.models import Appointment, Status
from openslot.availability import busy, hours
from openslot.availability.hours import DaySpan, WeekSpan
from openslot.catalog.models import Service
from openslot.kernel.timerange import Span
from tests import town
from tests.appointments.offered import BERLIN, MONDAY, away, change, check, starts
from tests.town import NOW, at


def open_week(provider, *spans):
    """Hours as (weekday, "09:00", "17:00") in place of what there is."""
    hours.set_week(
        provider,
        spans=[WeekSpan(d, time.fromisoformat(a), time.fromisoformat(b)) for d, a, b in spans],
    )


def open_on(provider, day, *spans):
    hours.set_special(
        provider,
        day=day,
        spans=[DaySpan(time.fromisoformat(a), time.fromisoformat(b)) for a, b in spans],
    )


def test_a_day_without_appointments_is_free_from_opening_to_closing(massage):
    found = starts(massage)
    assert found[0] == "09:00"
    assert found[-1] == "16:00"
    assert len(found) == 15


def test_every_day_asked_for_is_there_in_order(massage):
    service = Service.objects.select_related("provider").get(pk=massage.pk)
    days = slots.slots(
        service, first=date(2030, 3, 30), last=date(2030, 4, 3), zone=BERLIN, now=NOW
    )
    assert [day.day for day, _ in days] == [30, 31, 1, 2, 3]
    assert [len(found) for _, found in days] == [0, 0, 15, 15, 15]


def test_an_appointment_takes_its_time(massage, bob):
    town.booked(massage, bob, at(10))
    assert starts(massage)[:6] == ["09:00", "09:30", "10:00", "10:30", "11:00", "13:00"]


def test_what_is_shown_is_what_can_be_booked(massage, bob):
    town.booked(massage, bob, at(10))
    away(massage.provider, at(12), at(13, 10))
    shown = starts(massage)
    bookable = []
    for quarter in range(24 * 4):
        start = at(0) + timedelta(minutes=15 * quarter) - timedelta(hours=2)
        try:
            check(massage, start)
        except errors.Refused:
            continue
        bookable.append(f"{start.astimezone(BERLIN):%H:%M}")
    assert bookable == shown


def test_a_taken_time_is_taken_and_not_merely_unavailable(massage, bob):
    town.booked(massage, bob, at(10))
    with pytest.raises(errors.SlotTaken):
        check(massage, at(10, 30))


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (at(6), "does not work"),
        (at(14, 30), "does not work"),  # would end after closing
        (at(7, 10), "do not start"),
        (at(7, day=-7), "has passed"),
        (at(7, day=61), "60 days ahead"),
    ],
)
def test_a_refusal_says_which_rule(massage, start, words):
    with pytest.raises(errors.SlotUnavailable, match=words):
        check(massage, start)


def test_time_off_and_busy_elsewhere_come_before_an_overlap(massage, bob):
    town.booked(massage, bob, at(10))
    away(massage.provider, at(10), at(11))
    with pytest.raises(errors.SlotUnavailable, match="away"):
        check(massage, at(10))
    busy.merge(massage.provider, source="google", changes=[("a", Span(at(12), at(13)))])
    with pytest.raises(errors.SlotUnavailable, match="away"):
        check(massage, at(11, 30))


class TestGrid:
    def test_each_span_begins_a_grid_of_its_own(self, massage):
        open_week(massage.provider, (1, "09:00", "11:15"), (1, "11:45", "13:00"))
        assert starts(massage) == ["09:00", "09:30", "10:00", "11:45"]

    def test_spans_that_touch_are_one_for_fitting(self, massage):
        open_week(massage.provider, (1, "09:00", "10:15"), (1, "10:15", "11:30"))
        assert starts(massage) == ["09:00", "09:30", "10:00", "10:15"]

    def test_the_step_is_the_providers(self, massage):
        change(massage.provider, slot_step_minutes=45)
        assert starts(massage)[:3] == ["09:00", "09:45", "10:30"]

    def test_the_grid_goes_on_behind_an_appointment(self, massage, bob):
        change(massage.provider, slot_step_minutes=45)
        town.booked(massage, bob, at(7, 45))
        assert starts(massage)[:2] == ["11:15", "12:00"]

    def test_round_the_clock_can_be_booked_across_midnight(self, massage, bob):
        open_week(massage.provider, *((day, "00:00", "00:00") for day in range(1, 8)))
        town.booked(massage, bob, at(21, 30))
        assert "23:30" not in starts(massage)
        assert starts(massage)[-1] == "22:30"
        assert starts(massage, date(2030, 4, 2))[-1] == "23:30"

    def test_hours_past_midnight_belong_to_the_evening(self, massage):
        open_week(massage.provider, (1, "22:00", "02:00"))
        assert starts(massage) == ["22:00", "22:30", "23:00", "23:30"]
        assert starts(massage, date(2030, 4, 2)) == ["00:00", "00:30", "01:00"]


class TestBuffers:
    def test_the_gap_is_the_sum_of_both_buffers(self, massage, bob):
        change(massage.provider, buffer_before_minutes=10, buffer_after_minutes=20)
        town.booked(massage, bob, at(10))
        found = starts(massage)
        assert "10:30" in found  # ends 11:30: 20 after it, 10 before the other
        assert "13:30" in found
        assert not {"11:00", "13:00"} & set(found)

    def test_buffers_may_reach_outside_the_hours(self, massage):
        change(massage.provider, buffer_before_minutes=60, buffer_after_minutes=60)
        assert starts(massage)[0] == "09:00"
        assert starts(massage)[-1] == "16:00"

    def test_buffers_meet_no_time_off_and_nothing_busy(self, massage):
        change(massage.provider, buffer_before_minutes=30, buffer_after_minutes=30)
        away(massage.provider, at(0), at(7))  # until opening
        busy.merge(massage.provider, source="google", changes=[("a", Span(at(15), at(16)))])
        assert starts(massage)[0] == "09:30"
        assert starts(massage)[-1] == "15:30"

    def test_a_service_has_its_own_buffers(self, massage, bob):
        town.booked(massage, bob, at(10))
        hurried = town.service(massage.provider, buffer_before_minutes=30)
        assert "13:00" not in starts(hurried)
        assert "13:00" in starts(massage)

    def test_a_proposed_time_is_held_too(self, massage, ada, bob):
        booked = town.booked(massage, bob, at(10))
        answers.accept(booked.pk, by=ada)
        rescheduling.reschedule(booked.pk, by=bob, start=at(13))
        assert not {"12:00", "15:00"} & set(starts(massage))


class TestMoving:
    def test_its_own_time_is_free(self, massage, bob):
        booked = town.booked(massage, bob, at(10))
        check(massage, at(10, 30), instead_of=booked)

    def test_its_own_length_and_buffers_hold(self, massage, bob, carol):
        booked = town.booked(massage, bob, at(10))
        town.booked(massage, carol, at(12))
        Service.objects.filter(pk=massage.pk).update(duration_minutes=30, buffer_after_minutes=60)
        check(massage, at(11), instead_of=booked)
        with pytest.raises(errors.SlotTaken):
            check(massage, at(11, 30), instead_of=booked)

    def test_its_own_time_is_shown_except_where_it_stands(
        self, massage, bob, django_assert_num_queries
    ):
        """The picker of a move: half an hour on is free, and no more is asked of the database."""
        booked = town.booked(massage, bob, at(10))
        assert not {"11:30", "12:00", "12:30"} & set(starts(massage))
        fetched = Service.objects.select_related("provider").get(pk=massage.pk)
        dates = {"first": MONDAY, "last": MONDAY, "zone": BERLIN, "now": NOW}
        with django_assert_num_queries(3):  # revision, hours, free time
            [(_, found)] = slots.slots(fetched, **dates, instead_of=booked)
        shown = [f"{slot.start.astimezone(BERLIN):%H:%M}" for slot in found]
        assert {"11:30", "12:30"} <= set(shown)
        assert "12:00" not in shown

    def test_the_soonest_is_not_where_it_stands(self, massage, bob):
        booked = town.booked(massage, bob, at(7))
        fetched = Service.objects.select_related("provider").get(pk=massage.pk)
        [other] = slots.earliest([fetched], limit=1, now=NOW, instead_of=booked)
        assert other.slot.start == at(7, 30)

    def test_a_full_day_shows_the_times_of_its_own_move(self, massage, bob):
        change(massage.provider, daily_limit=1)
        booked = town.booked(massage, bob, at(10))
        assert starts(massage) == []
        fetched = Service.objects.select_related("provider").get(pk=massage.pk)
        dates = {"first": MONDAY, "last": MONDAY, "zone": BERLIN, "now": NOW}
        [(_, found)] = slots.slots(fetched, **dates, instead_of=booked)
        assert at(13) in [slot.start for slot in found]

    def test_it_does_not_count_against_its_own_day(self, massage, bob):
        change(massage.provider, daily_limit=1)
        booked = town.booked(massage, bob, at(10))
        check(massage, at(13), instead_of=booked)


class TestNoticeAndWindow:
    def test_the_notice_ends_on_the_minute(self, massage):
        change(massage.provider, minimum_notice_minutes=60)
        assert starts(massage)[0] == "09:00"
        assert starts(massage, now=NOW + timedelta(microseconds=1))[0] == "09:30"
        check(massage, at(7))
        with pytest.raises(errors.SlotUnavailable, match="1 hour of notice"):
            check(massage, at(7), now=NOW + timedelta(microseconds=1))

    def test_the_window_counts_dates_of_the_provider(self, massage):
        change(massage.provider, booking_window_days=2)
        found = starts(massage, MONDAY, last=date(2030, 4, 5))
        assert found.count("09:00") == 3
        late = datetime(2030, 4, 1, 22, 0, tzinfo=UTC)  # Tuesday in Berlin
        assert (
            starts(massage, date(2030, 4, 2), last=date(2030, 4, 6), now=late).count("09:00") == 3
        )

    def test_dates_far_away_are_empty_and_no_error(self, massage):
        assert starts(massage, date(9999, 12, 30), last=date.max) == []
        assert starts(massage, date.min, last=date(1, 1, 3)) == []


class TestDailyLimit:
    def test_a_full_day_takes_no_more(self, massage, bob):
        change(massage.provider, daily_limit=1)
        town.booked(massage, bob, at(10))
        assert starts(massage) == []
        assert len(starts(massage, date(2030, 4, 2))) == 15
        with pytest.raises(errors.LimitReached, match="that day"):
            check(massage, at(13))

    def test_what_ended_well_counts_and_what_was_dropped_does_not(self, massage, bob, carol):
        change(massage.provider, daily_limit=2)
        town.booked(massage, bob, at(10))
        dropped = town.booked(massage, carol, at(12))
        assert starts(massage) == []
        cancelling.cancel(dropped.pk, by=carol)
        assert starts(massage) != []
        Appointment.objects.filter(pk=dropped.pk).update(status=Status.COMPLETED)
        assert starts(massage) == []

    def test_the_day_is_the_providers(self, massage, bob):
        open_week(massage.provider, *((day, "00:00", "00:00") for day in range(1, 8)))
        change(massage.provider, daily_limit=1)
        town.booked(massage, bob, at(21, 30))  # 23:30 on Monday in Berlin
        assert starts(massage) == []
        assert starts(massage, date(2030, 4, 2))[:2] == ["00:30", "01:00"]


class TestSpecialDays:
    def test_a_special_day_replaces_the_weeks_hours(self, massage):
        open_on(massage.provider, MONDAY, ("12:00", "14:00"))
        assert starts(massage) == ["12:00", "12:30", "13:00"]

    def test_without_spans_it_is_closed(self, massage):
        open_on(massage.provider, MONDAY)
        assert starts(massage) == []

    def test_the_evening_before_runs_on_into_it(self, massage):
        open_week(massage.provider, (1, "22:00", "02:00"), (2, "09:00", "17:00"))
        open_on(massage.provider, date(2030, 4, 2))
        assert starts(massage, date(2030, 4, 2)) == ["00:00", "00:30", "01:00"]

    def test_where_it_overlaps_the_evening_before_no_start_is_doubled(self, massage):
        open_week(massage.provider, (1, "22:00", "02:00"))
        open_on(massage.provider, date(2030, 4, 2), ("01:00", "03:00"))
        assert starts(massage, date(2030, 4, 2)) == ["00:00", "00:30", "01:00", "01:30", "02:00"]


class TestClockChanges:
    @pytest.mark.parametrize(
        ("zone", "day", "count"),
        [
            ("Europe/Berlin", date(2031, 3, 30), 46),  # 23 hours
            ("Europe/Berlin", date(2030, 10, 27), 50),  # 25 hours
            ("America/New_York", date(2031, 3, 9), 46),
            ("America/New_York", date(2030, 11, 3), 50),
            ("America/St_Johns", date(2030, 11, 3), 50),
            ("Australia/Lord_Howe", date(2030, 10, 6), 47),  # half an hour
            ("Australia/Lord_Howe", date(2031, 4, 6), 49),
            ("Asia/Kolkata", date(2030, 10, 27), 48),
        ],
    )
    def test_round_the_clock_no_slot_is_lost_or_doubled(self, haircut, zone, day, count):
        change(haircut.provider, timezone=zone, booking_window_days=400)
        open_week(haircut.provider, *((weekday, "00:00", "00:00") for weekday in range(1, 8)))
        service = Service.objects.select_related("provider").get(pk=haircut.pk)
        [(_, found)] = slots.slots(service, first=day, last=day, zone=ZoneInfo(zone), now=NOW)
        assert len(found) == count
        assert all(a.end == b.start for a, b in pairwise(found))
        shown = [f"{slot.start.astimezone(ZoneInfo(zone)):%H:%M}" for slot in found]
        assert (shown[0], shown[-1]) == ("00:00", "23:30")

    def test_hours_keep_their_wall_clock_meaning(self, haircut):
        change(haircut.provider, booking_window_days=365)
        for day in (date(2030, 10, 26), date(2030, 10, 27), date(2030, 10, 28)):
            assert starts(haircut, day)[0] == "09:00"
            assert starts(haircut, day)[-1] == "16:30"

    def test_hours_inside_the_gap_vanish(self, haircut):
        change(haircut.provider, booking_window_days=400)
        open_week(haircut.provider, (7, "02:00", "03:00"))
        assert starts(haircut, date(2031, 3, 30)) == []
        assert starts(haircut, date(2031, 3, 23)) == ["02:00", "02:30"]

    def test_hours_inside_the_doubled_hour_last_twice_as_long(self, haircut):
        change(haircut.provider, booking_window_days=365)
        open_week(haircut.provider, (7, "02:00", "03:00"))
        assert starts(haircut, date(2030, 10, 27)) == ["02:00", "02:30", "02:00", "02:30"]

    def test_a_reader_elsewhere_sees_the_same_instants_on_other_dates(self, massage):
        open_week(massage.provider, (1, "22:00", "02:00"))
        tokyo = ZoneInfo("Asia/Tokyo")
        assert starts(massage, MONDAY, zone=tokyo) == []
        assert starts(massage, date(2030, 4, 2), zone=tokyo)[0] == "05:00"


class TestNobodyToBookWith:
    def test_an_inactive_service_has_no_slots(self, massage):
        Service.objects.filter(pk=massage.pk).update(active=False)
        assert starts(massage) == []
        with pytest.raises(errors.SlotUnavailable, match="not offered"):
            check(massage, at(10))

    def test_an_inactive_provider_has_no_slots(self, massage):
        change(massage.provider, active=False)
        assert starts(massage) == []
        with pytest.raises(errors.SlotUnavailable, match="not offered"):
            check(massage, at(10))

    def test_a_provider_who_cannot_sign_in_has_no_slots(self, massage, ada):
        ada.is_active = False
        ada.save()
        assert starts(massage) == []
        with pytest.raises(errors.SlotUnavailable, match="not offered"):
            check(massage, at(10))

"""Hours of the week and special days, and the instants they come to."""

import threading
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from openslot.availability import hours
from openslot.availability.hours import DaySpan, WeekSpan
from openslot.availability.models import SpecialHours, WorkingHours
from openslot.kernel.errors import Invalid, NotFound
from openslot.kernel.timerange import Span
from tests import town

MONDAY = date(2030, 4, 1)


def week_span(weekday, start, end):
    return WeekSpan(weekday, time.fromisoformat(start), time.fromisoformat(end))


def day_span(start, end):
    return DaySpan(time.fromisoformat(start), time.fromisoformat(end))


def opened(*spans, zone="Europe/Berlin", first=MONDAY, last=MONDAY, special=()):
    """Every span of hours as the zone's clock shows it, with its length in hours."""
    known = ZoneInfo(zone)
    rows = [WorkingHours(weekday=day, start=start, end=end) for day, start, end in spans]
    found = hours.open_spans(rows, special, zone=known, first=first, last=last)
    return [
        (f"{span.start.astimezone(known):%d %H:%M}", (span.end - span.start).total_seconds() / 3600)
        for span in found
    ]


class TestWeek:
    def test_a_week_is_replaced_whole(self, ada):
        spans = [week_span(5, "09:00", "12:00"), week_span(1, "22:00", "02:00")]
        assert hours.set_week(ada.provider, spans=spans) == sorted(spans)
        assert hours.week(ada.provider) == sorted(spans)
        assert hours.set_week(ada.provider, spans=[]) == []
        assert hours.week(ada.provider) == []

    @pytest.mark.parametrize(
        "spans",
        [
            [(1, "09:00", "12:00"), (1, "11:59", "13:00")],
            [(1, "09:00", "12:00"), (1, "09:00", "10:00")],
            [(1, "22:00", "02:00"), (2, "01:59", "03:00")],  # past midnight into Tuesday
            [(7, "22:00", "02:00"), (1, "01:00", "03:00")],  # past midnight into Monday
            [(1, "00:00", "00:00"), (1, "12:00", "13:00")],  # the whole day
            [(1, "12:00", "12:00"), (2, "11:00", "13:00")],  # 24 hours from noon
        ],
    )
    def test_an_overlap_is_refused_and_the_old_hours_stay(self, ada, spans):
        before = hours.week(ada.provider)
        with pytest.raises(Invalid) as refused:
            hours.set_week(ada.provider, spans=[week_span(*span) for span in spans])
        assert "overlap" in refused.value.errors["spans"][0]
        assert hours.week(ada.provider) == before

    def test_spans_may_touch(self, ada):
        spans = [
            week_span(1, "00:00", "12:00"),
            week_span(1, "12:00", "00:00"),
            week_span(2, "00:00", "00:00"),
            week_span(7, "20:00", "00:00"),
        ]
        assert hours.set_week(ada.provider, spans=spans) == spans

    @pytest.mark.parametrize(
        "span", [(0, "09:00", "12:00"), (8, "09:00", "12:00"), (1, "09:00:30", "12:00")]
    )
    def test_what_is_no_span_is_refused(self, ada, span):
        with pytest.raises(Invalid):
            hours.set_week(ada.provider, spans=[week_span(*span)])


class TestSpecialDays:
    def test_a_special_day_is_replaced_by_the_next_one(self, ada):
        hours.set_special(ada.provider, day=MONDAY, spans=[day_span("09:00", "12:30")])
        hours.set_special(ada.provider, day=MONDAY, spans=[])
        [special] = SpecialHours.objects.all()
        assert (special.date, special.spans) == (MONDAY, [])

    def test_its_spans_may_not_overlap_each_other(self, ada):
        with pytest.raises(Invalid):
            hours.set_special(
                ada.provider,
                day=MONDAY,
                spans=[day_span("20:00", "02:00"), day_span("23:00", "00:00")],
            )

    @pytest.mark.parametrize("day", [date(1999, 12, 31), date(2200, 1, 1), date.max])
    def test_it_lies_in_the_years_that_count(self, ada, day):
        with pytest.raises(Invalid) as refused:
            hours.set_special(ada.provider, day=day, spans=[])
        assert "date" in refused.value.errors

    def test_a_day_that_is_over_where_the_provider_is_gets_none(self, ada, clock):
        ada.provider.timezone = "Asia/Tokyo"
        clock.move_to(town.at(16))  # there it is Tuesday
        with pytest.raises(Invalid) as refused:
            hours.set_special(ada.provider, day=MONDAY, spans=[])
        assert refused.value.errors == {"date": ["This day is over."]}
        special = hours.set_special(ada.provider, day=MONDAY + timedelta(days=1), spans=[])
        with pytest.raises(Invalid):
            hours.change_special(ada.provider, id=special.pk, day=MONDAY)

    def test_one_that_is_over_stays_as_it_was(self, ada, clock):
        special = hours.set_special(ada.provider, day=MONDAY, spans=[day_span("09:00", "12:00")])
        clock.move_to(town.at(8, day=1))
        same = hours.change_special(ada.provider, id=special.pk, day=MONDAY)
        assert (same.spans, same.since) == (special.spans, special.since)
        with pytest.raises(Invalid):
            hours.change_special(ada.provider, id=special.pk, spans=[])

    def test_nobody_removes_somebody_elses(self, ada, dan):
        special = hours.set_special(ada.provider, day=MONDAY, spans=[])
        with pytest.raises(NotFound):
            hours.remove_special(dan.provider, id=special.pk)
        hours.remove_special(ada.provider, id=special.pk)
        assert not SpecialHours.objects.exists()


class TestInstants:
    def test_local_hours_become_instants(self):
        rows = [WorkingHours(weekday=1, start=time(9), end=time(17))]
        [span] = hours.open_spans(
            rows, [], zone=ZoneInfo("Asia/Kolkata"), first=MONDAY, last=MONDAY
        )
        assert span == Span(
            datetime(2030, 4, 1, 3, 30, tzinfo=UTC), datetime(2030, 4, 1, 11, 30, tzinfo=UTC)
        )

    def test_touching_spans_stay_two(self):
        assert len(opened(week_span(1, "09:00", "12:00"), week_span(1, "12:00", "13:00"))) == 2

    def test_a_special_day_replaces_that_date_alone(self):
        special = [SpecialHours(date=date(2030, 4, 2), spans=[["12:00", "13:00"]])]
        found = opened(
            week_span(1, "22:00", "02:00"),
            week_span(2, "09:00", "17:00"),
            week_span(3, "09:00", "17:00"),
            last=date(2030, 4, 3),
            special=special,
        )
        assert found == [("01 22:00", 4), ("02 12:00", 1), ("03 09:00", 8)]

    @pytest.mark.parametrize(
        ("zone", "day", "span", "expected"),
        [
            # The whole day is as long as the day.
            ("Europe/Berlin", date(2031, 3, 30), ("00:00", "00:00"), [("30 00:00", 23)]),
            ("Europe/Berlin", date(2030, 10, 27), ("00:00", "00:00"), [("27 00:00", 25)]),
            ("Australia/Lord_Howe", date(2030, 10, 6), ("00:00", "00:00"), [("06 00:00", 23.5)]),
            ("Australia/Lord_Howe", date(2031, 4, 6), ("00:00", "00:00"), [("06 00:00", 24.5)]),
            ("America/St_Johns", date(2031, 3, 9), ("00:00", "00:00"), [("09 00:00", 23)]),
            # A span in the gap vanishes; one that reaches out of it begins behind it.
            ("America/New_York", date(2031, 3, 9), ("02:00", "03:00"), []),
            ("America/New_York", date(2031, 3, 9), ("02:30", "03:00"), []),
            ("America/New_York", date(2031, 3, 9), ("02:00", "04:00"), [("09 03:00", 1)]),
            ("America/New_York", date(2031, 3, 9), ("01:00", "02:30"), [("09 01:00", 1.5)]),
            # A span in the hour that comes twice begins with the first and ends with the first.
            ("America/New_York", date(2030, 11, 3), ("01:00", "02:00"), [("03 01:00", 2)]),
            ("America/New_York", date(2030, 11, 3), ("00:30", "01:30"), [("03 00:30", 1)]),
            # Where midnight does not exist the day begins an hour later.
            ("Africa/Cairo", date(2030, 4, 26), ("00:00", "09:00"), [("26 01:00", 8)]),
        ],
    )
    def test_where_clocks_change(self, zone, day, span, expected):
        found = opened(week_span(day.isoweekday(), *span), zone=zone, first=day, last=day)
        assert found == expected


def test_two_hands_that_set_the_week_leave_one_week(transactional_db, people):
    """The provider's row is locked: the second waits, and replaces what the first wrote."""
    provider = town.provider(town.person("Ada"))
    weeks = [[week_span(day, "09:00", "17:00") for day in days] for days in ((1, 2), (2, 3))]

    def write(spans):
        try:
            hours.set_week(provider, spans=spans)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(spans,)) for spans in weeks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert hours.week(provider) in weeks

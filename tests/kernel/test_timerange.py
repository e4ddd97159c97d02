from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from openslot.kernel import timerange
from openslot.kernel.errors import Invalid
from openslot.kernel.timerange import Span

BERLIN = ZoneInfo("Europe/Berlin")


def test_a_local_time_that_exists_twice_is_the_first_of_the_two():
    assert timerange.instant(date(2030, 10, 27), time(2, 30), BERLIN) == datetime(
        2030, 10, 27, 0, 30, tzinfo=UTC
    )


def test_a_local_time_that_does_not_exist_is_read_with_the_offset_before_the_gap():
    assert timerange.instant(date(2030, 3, 31), time(2, 30), BERLIN) == datetime(
        2030, 3, 31, 1, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2030, 3, 31), 23), (date(2030, 4, 1), 24), (date(2030, 10, 27), 25)]
)
def test_a_day_lasts_as_long_as_the_clocks_say(day, hours):
    start, end = timerange.day_span(day, BERLIN)
    assert (end - start).total_seconds() == hours * 3600


def test_an_unknown_zone_is_refused_beside_its_field():
    with pytest.raises(Invalid) as refused:
        timerange.zone_named("Mars/Olympus", field="zone")
    assert list(refused.value.errors) == ["zone"]


def test_every_zone_that_may_be_chosen_is_known_by_its_name():
    assert all(timerange.known_zone(name) for name in timerange.zone_names())


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            ".",
            "..",
            "/",
            "Europe",
            "Europe/",
            "Mars/Phobos",
            "../../etc/localtime",
            "/etc/passwd",
        ),
        *("localtime", "Factory", "posixrules", "posix/UTC", "right/UTC", "tzdata.zi", "zone.tab"),
        *("\0", "UTC\0", "\udcff", "é", "x" * 5000, "Europe/../Europe/Berlin", "__init__.py"),
    ],
)
def test_what_is_the_name_of_no_zone_is_unknown(name):
    assert name not in timerange.zone_names()
    assert timerange.known_zone(name) is None


def at(hour, minute=0, *, day=1):
    return datetime(2030, 4, day, hour, minute, tzinfo=UTC)


def span(first, last):
    return Span(at(first), at(last))


@pytest.mark.parametrize(
    ("other", "overlaps", "contains"),
    [
        (span(9, 12), True, True),
        (span(10, 11), True, True),
        (span(8, 10), True, False),
        (span(11, 13), True, False),
        (span(8, 13), True, False),
        (span(8, 9), False, False),  # it touches
        (span(12, 13), False, False),
        (span(6, 7), False, False),
        (span(14, 15), False, False),
    ],
)
def test_spans_are_half_open(other, overlaps, contains):
    morning = span(9, 12)
    assert (morning.overlaps(other), morning.contains(other)) == (overlaps, contains)
    assert other.overlaps(morning) == overlaps


def test_a_span_is_widened_on_both_sides():
    widened = span(9, 12).widened(before=timedelta(hours=1), after=timedelta(hours=2))
    assert widened == span(8, 14)


def test_touching_and_overlapping_spans_become_one_in_whatever_order_they_come():
    spans = [span(13, 14), span(9, 12), span(12, 13), span(10, 11), span(15, 16)]
    assert timerange.merged(spans) == [span(9, 14), span(15, 16)]
    assert timerange.merged([]) == []


@pytest.mark.parametrize(
    ("holes", "left"),
    [
        ([], [span(9, 12), span(14, 16)]),
        ([span(10, 11)], [span(9, 10), span(11, 12), span(14, 16)]),
        ([span(8, 10)], [span(10, 12), span(14, 16)]),
        ([span(11, 15)], [span(9, 11), span(15, 16)]),
        ([span(12, 14)], [span(9, 12), span(14, 16)]),  # in between
        ([span(9, 12)], [span(14, 16)]),
        ([span(8, 17)], []),
        ([span(10, 10)], [span(9, 12), span(14, 16)]),  # nothing at all
        ([span(15, 16), span(9, 10)], [span(10, 12), span(14, 15)]),
    ],
)
def test_what_is_left_of_spans_without_holes(holes, left):
    assert timerange.without([span(9, 12), span(14, 16)], holes) == left


def test_days_come_with_the_first_and_the_last():
    first, last = date(2030, 3, 30), date(2030, 4, 1)
    assert timerange.days(first, last) == [first, date(2030, 3, 31), last]
    assert timerange.days(first, first) == [first]
    assert timerange.days(last, first) == []


def test_by_the_clock_on_the_wall_a_day_is_a_day_whatever_the_clocks_do():
    before = datetime(2030, 3, 30, 8, tzinfo=UTC)  # 09:00; the clocks change in the night
    after = datetime(2030, 3, 31, 7, tzinfo=UTC)  # 09:00
    day = timedelta(days=1)
    assert timerange.on_the_wall(before, day, BERLIN) == after
    assert timerange.on_the_wall(after, -day, BERLIN) == before
    assert timerange.wall_time_between(before, after, BERLIN) == day
    assert timerange.wall_time_between(after, before, BERLIN) == -day


def test_clocks_of_two_zones_may_agree_in_one_half_of_the_year():
    london, utc = ZoneInfo("Europe/London"), ZoneInfo("UTC")
    winter, summer = datetime(2030, 1, 1, tzinfo=UTC), datetime(2030, 7, 1, tzinfo=UTC)
    assert not timerange.clocks_differ(winter, london, utc)
    assert timerange.clocks_differ(summer, london, utc)
    assert not timerange.clocks_differ(summer, BERLIN, ZoneInfo("Europe/Paris"))


@pytest.mark.parametrize(
    ("moment", "inside"),
    [
        (datetime(2000, 1, 1, tzinfo=UTC), True),
        (datetime(2000, 1, 1, tzinfo=UTC) - timedelta.resolution, False),
        (datetime(2200, 1, 1, tzinfo=UTC) - timedelta.resolution, True),
        (datetime(2200, 1, 1, tzinfo=UTC), False),
    ],
)
def test_moments_lie_in_the_years_2000_to_2199(moment, inside):
    if inside:
        assert timerange.bounded(moment, field="start") == moment
        return
    with pytest.raises(Invalid) as refused:
        timerange.bounded(moment, field="start")
    assert refused.value.errors == {"start": ["This lies outside the years 2000 to 2199."]}


def test_a_bounded_moment_is_told_in_utc():
    local = datetime(2030, 4, 1, 9, tzinfo=BERLIN)
    assert timerange.bounded(local, field="start").tzinfo == UTC


def test_a_local_time_counts_as_the_first_of_two_even_where_the_second_was_meant():
    twice = time(2, 30, fold=1)
    assert timerange.instant(date(2030, 10, 27), twice, BERLIN).hour == 0


def test_a_zone_is_named_beside_the_field_of_it():
    assert timerange.zone_named("Europe/Berlin") == BERLIN
    for asked, field in (({}, "timezone"), ({"field": "zone"}, "zone")):
        with pytest.raises(Invalid) as refused:
            timerange.zone_named("Mars", **asked)
        assert refused.value.errors == {
            field: ["This is not the name of a time zone, such as Europe/Berlin."]
        }
    assert {"Europe/Berlin", "UTC"} <= timerange.zone_names()

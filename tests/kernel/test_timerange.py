from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from openslot.kernel import timerange
from openslot.kernel.errors import Invalid

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

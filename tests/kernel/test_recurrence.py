"""Recurrence rules: what is allowed, in words, and when they occur."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from dateutil.relativedelta import relativedelta
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from openslot.kernel import recurrence
from openslot.kernel.errors import Invalid

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2030, 4, 1, 7, 0, tzinfo=UTC)  # 09:00 in Berlin


def days(rule, start=MONDAY, zone=BERLIN):
    return [f"{day:%m-%d}" for day in recurrence.parse(rule, start=start, zone=zone).days]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=DAILY;COUNT=3", ["04-01", "04-02", "04-03"]),
        ("FREQ=DAILY;INTERVAL=10;COUNT=3", ["04-01", "04-11", "04-21"]),
        ("freq=weekly;count=2", ["04-01", "04-08"]),
        ("FREQ=WEEKLY;BYDAY=MO,TH;COUNT=4", ["04-01", "04-04", "04-08", "04-11"]),
        ("FREQ=MONTHLY;COUNT=2", ["04-01", "05-01"]),
        ("FREQ=MONTHLY;BYDAY=1MO;COUNT=3", ["04-01", "05-06", "06-03"]),
        ("FREQ=MONTHLY;BYMONTHDAY=1,-1;COUNT=3", ["04-01", "04-30", "05-01"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1;COUNT=3", ["04-01", "05-01", "06-03"]),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15;BYSETPOS=1;COUNT=2", ["04-01", "05-01"]),
        ("FREQ=YEARLY;BYMONTH=4,9;BYSETPOS=1;COUNT=2", ["04-01", "04-01"]),
        ("FREQ=YEARLY;COUNT=3", ["04-01", "04-01", "04-01"]),
        ("FREQ=YEARLY;BYMONTH=4,9;COUNT=3", ["04-01", "09-01", "04-01"]),
        ("FREQ=WEEKLY;UNTIL=20300415", ["04-01", "04-08", "04-15"]),
        ("FREQ=WEEKLY;UNTIL=20300415T070000Z", ["04-01", "04-08", "04-15"]),
        ("FREQ=WEEKLY;UNTIL=20300415T065959Z", ["04-01", "04-08"]),
        ("FREQ=DAILY;COUNT=1", ["04-01"]),
        ("FREQ=DAILY;INTERVAL=9999;COUNT=1", ["04-01"]),
        ("FREQ=YEARLY;INTERVAL=9999;COUNT=1", ["04-01"]),  # there is no year for a second
    ],
)
def test_a_rule_occurs(rule, expected):
    assert days(rule) == expected


def test_the_week_begins_where_the_rule_says():
    tuesday = datetime(2030, 4, 2, 7, 0, tzinfo=UTC)
    rule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;COUNT=4;WKST="
    assert days(rule + "MO", tuesday) == ["04-02", "04-07", "04-16", "04-21"]
    assert days(rule + "SU", tuesday) == ["04-02", "04-14", "04-16", "04-28"]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("", "empty part"),
        ("COUNT=3", "FREQ has to be"),
        ("FREQ=HOURLY;COUNT=3", "FREQ has to be"),
        ("FREQ=WEEKLY", "either COUNT or UNTIL"),
        ("FREQ=WEEKLY;COUNT=3;UNTIL=20300415", "either COUNT or UNTIL"),
        ("RRULE:FREQ=WEEKLY;COUNT=3", "cannot be used"),
        ("FREQ=WEEKLY;COUNT=3;", "empty part"),
        ("FREQ=WEEKLY;COUNT=3;COUNT=4", "twice"),
        ("FREQ=WEEKLY;COUNT=", "no value"),
        ("FREQ=WEEKLY;COUNT=0", "COUNT is a whole number from 1"),
        ("FREQ=WEEKLY;COUNT=-1", "COUNT is a whole number from 1"),
        ("FREQ=WEEKLY;COUNT=105", "from 1 to 104"),
        ("FREQ=WEEKLY;COUNT=" + "9" * 400, "from 1 to 104"),
        ("FREQ=WEEKLY;COUNT=٣", "whole number"),
        ("FREQ=DAILY;COUNT=3;INTERVAL=0", "INTERVAL is a whole number"),
        ("FREQ=DAILY;COUNT=3;INTERVAL=1e3", "INTERVAL is a whole number"),
        ("FREQ=DAILY;COUNT=3;BYHOUR=9", "BYHOUR cannot"),
        ("FREQ=YEARLY;COUNT=3;BYWEEKNO=14", "BYWEEKNO cannot"),
        ("FREQ=YEARLY;COUNT=3;BYYEARDAY=91", "BYYEARDAY cannot"),
        ("FREQ=WEEKLY;COUNT=3;WKST=XX", "WKST"),
        ("FREQ=WEEKLY;COUNT=3;BYDAY=XX", "BYDAY is a list"),
        ("FREQ=WEEKLY;COUNT=3;BYDAY=1MO", "BYDAY=1MO does not go"),
        ("FREQ=MONTHLY;COUNT=3;BYDAY=6MO", "does not go"),
        ("FREQ=MONTHLY;COUNT=3;BYDAY=0MO", "does not go"),
        ("FREQ=MONTHLY;COUNT=3;BYDAY=MO,2TU", "a number, or none"),
        ("FREQ=WEEKLY;COUNT=3;BYMONTHDAY=1", "BYMONTHDAY does not go"),
        ("FREQ=MONTHLY;COUNT=3;BYMONTHDAY=32", "BYMONTHDAY is a list"),
        ("FREQ=MONTHLY;COUNT=3;BYMONTHDAY=0", "BYMONTHDAY is a list"),
        ("FREQ=YEARLY;COUNT=3;BYMONTH=-4", "BYMONTH is a list"),
        ("FREQ=MONTHLY;COUNT=3;BYSETPOS=1", "BYSETPOS needs"),
        ("FREQ=DAILY;COUNT=3;BYDAY=MO;BYSETPOS=1", "BYSETPOS does not go"),
        ("FREQ=WEEKLY;UNTIL=20300415T090000", "with a Z"),
        ("FREQ=WEEKLY;UNTIL=20300230", "no such date"),
        ("FREQ=WEEKLY;UNTIL=00000101", "no such date"),
        ("FREQ=WEEKLY;UNTIL=tomorrow", "UNTIL is a date"),
        ("FREQ=WEEKLY;UNTIL=20300331", "before the start"),
        ("FREQ=WEEKLY;UNTIL=20300401T065959Z", "before the start"),
        ("FREQ=WEEKLY;UNTIL=99991231", "more than 104"),
        ("FREQ=WEEKLY;BYDAY=TU;COUNT=3", "not itself an occurrence"),
        ("FREQ=MONTHLY;BYDAY=2MO;COUNT=3", "not itself an occurrence"),
        ("FREQ=WEEKLY;BYDAY=MO,WE;BYSETPOS=2;COUNT=3", "not itself an occurrence"),
        ("FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2;COUNT=3", "not itself an occurrence"),  # never
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=3", "not itself an occurrence"),  # never
        ("FREQ=MONTHLY;COUNT=26", "more than 2 years"),
        ("FREQ=YEARLY;UNTIL=20400101", "more than 2 years"),
        ("FREQ=YEARLY;BYDAY=MO;BYMONTH=4;BYMONTHDAY=1;INTERVAL=7;COUNT=2", "2 years"),
        ("FREQ=WEEKLY;COUNT=3;BYDAY=" + "MO," * 200 + "MO", "500 characters"),
    ],
)
def test_anything_else_is_refused_in_words(rule, words):
    with pytest.raises(Invalid) as refused:
        recurrence.parse(rule, start=MONDAY, zone=BERLIN)
    assert words in refused.value.errors["recurrence"][0]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=WEEKLY;COUNT=3;", "An empty part cannot be used in a rule here."),
        ("FREQ=DAILY;COUNT=3;BYHOUR=9", "BYHOUR cannot be used in a rule here."),
        ("X" * 30, f"{'X' * 20} cannot be used in a rule here."),
        ("FREQ=WEEKLY;COUNT=3;COUNT=4", "COUNT stands in the rule twice."),
        ("FREQ=WEEKLY;COUNT=", "COUNT has no value."),
        ("FREQ=HOURLY;COUNT=3", "FREQ has to be DAILY, WEEKLY, MONTHLY or YEARLY."),
        ("FREQ=WEEKLY", "Say when the rule ends: either COUNT or UNTIL."),
        ("FREQ=WEEKLY;COUNT=3;BYMONTHDAY=1", "BYMONTHDAY does not go with WEEKLY."),
        ("FREQ=DAILY;COUNT=3;BYDAY=MO;BYSETPOS=1", "BYSETPOS does not go with DAILY."),
        (
            "FREQ=MONTHLY;COUNT=3;BYSETPOS=1",
            "BYSETPOS needs another BY part to choose from.",
        ),
        ("FREQ=WEEKLY;COUNT=0", "COUNT is a whole number from 1 to 104."),
        ("FREQ=DAILY;COUNT=3;INTERVAL=10000", "INTERVAL is a whole number from 1 to 9999."),
        ("FREQ=WEEKLY;COUNT=3;WKST=XX", "WKST is one of MO, TU, WE, TH, FR, SA, SU."),
        ("FREQ=WEEKLY;COUNT=3;BYDAY=XX", "BYDAY is a list of MO, TU, WE, TH, FR, SA, SU."),
        ("FREQ=WEEKLY;COUNT=3;BYDAY=1MO", "BYDAY=1MO does not go with WEEKLY."),
        (
            "FREQ=MONTHLY;COUNT=3;BYDAY=MO,2TU",
            "Give each day of BYDAY a number, or none of them.",
        ),
        ("FREQ=YEARLY;COUNT=3;BYMONTH=13", "BYMONTH is a list of numbers from 1 to 12."),
        (
            "FREQ=MONTHLY;COUNT=3;BYMONTHDAY=32",
            "BYMONTHDAY is a list of numbers from 1 to 31, or negative to count from the end.",
        ),
        (
            "FREQ=WEEKLY;UNTIL=20300415T090000",
            "A time in UNTIL is given in UTC, with a Z at its end.",
        ),
        (
            "FREQ=WEEKLY;UNTIL=tomorrow",
            "UNTIL is a date such as 20301231 or an instant such as 20301231T120000Z.",
        ),
        ("FREQ=WEEKLY;UNTIL=20300230", "There is no such date as UNTIL says."),
        ("FREQ=WEEKLY;UNTIL=20300331", "UNTIL lies before the start."),
        ("FREQ=WEEKLY;UNTIL=99991231", "The rule has more than 104 occurrences."),
        (
            "FREQ=WEEKLY;BYDAY=TU;COUNT=3",
            "The start is not itself an occurrence of the rule.",
        ),
        ("FREQ=YEARLY;COUNT=4", "The rule goes on for more than 2 years."),
        ("FREQ=WEEKLY;COUNT=3;BYDAY=" + "MO," * 200, "A rule has at most 500 characters."),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(rule, words):
    with pytest.raises(Invalid) as refused:
        recurrence.parse(rule, start=MONDAY, zone=BERLIN)
    assert refused.value.errors == {"recurrence": [words]}


def test_a_start_beyond_all_years_is_refused_beside_the_start():
    with pytest.raises(Invalid) as refused:
        recurrence.parse("FREQ=DAILY;COUNT=1", start=MONDAY.replace(year=2200), zone=BERLIN)
    assert list(refused.value.errors) == ["start"]


def test_two_years_to_the_day_are_allowed():
    assert len(days("FREQ=MONTHLY;COUNT=25")) == 25
    assert len(days("FREQ=WEEKLY;COUNT=104")) == 104


def test_the_hour_stays_whatever_the_clocks_do():
    october = datetime(2030, 10, 21, 7, 0, tzinfo=UTC)
    found = recurrence.occurrences("FREQ=WEEKLY;COUNT=3", start=october, zone=BERLIN)
    assert [moment.hour for moment in found] == [7, 8, 8]


def test_a_start_in_the_repeated_hour_is_itself_the_first():
    second = datetime(2030, 10, 27, 1, 30, tzinfo=UTC)  # 02:30 for the second time
    found = recurrence.occurrences("FREQ=DAILY;COUNT=2", start=second, zone=BERLIN)
    assert found == [second, second + timedelta(days=1)]


def test_an_hour_in_the_gap_is_read_with_the_offset_before_it():
    before = datetime(2031, 3, 29, 1, 30, tzinfo=UTC)  # 02:30
    found = recurrence.occurrences("FREQ=DAILY;COUNT=3", start=before, zone=BERLIN)
    assert [f"{moment:%d %H:%M}" for moment in found] == ["29 01:30", "30 01:30", "31 00:30"]


def test_until_a_date_is_the_day_of_the_zone():
    late = datetime(2030, 4, 1, 22, 30, tzinfo=UTC)  # Tuesday in Berlin
    assert days("FREQ=DAILY;UNTIL=20300403", late) == ["04-02", "04-03"]


def test_a_leap_day_returns_when_there_is_one():
    leap = datetime(2032, 2, 29, 9, 0, tzinfo=UTC)
    assert days("FREQ=YEARLY;COUNT=1", leap) == ["02-29"]
    with pytest.raises(Invalid):
        days("FREQ=YEARLY;COUNT=2", leap)


def joined(values):
    return st.lists(values, min_size=1, max_size=3, unique=True).map(
        lambda found: ",".join(map(str, found))
    )


weekdays = st.sampled_from(list(recurrence.WEEKDAYS))
ordinals = st.sampled_from(["1", "2", "-1", "5"])


@st.composite
def rules(draw):
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={frequency}", f"INTERVAL={draw(st.integers(1, 4))}"]
    if draw(st.booleans()):
        numbered = frequency in {"MONTHLY", "YEARLY"} and draw(st.booleans())
        day = st.tuples(ordinals, weekdays).map("".join) if numbered else weekdays
        parts.append(f"BYDAY={draw(joined(day))}")
    if frequency != "WEEKLY" and draw(st.booleans()):
        days = st.integers(-31, 31).filter(bool)
        parts.append(f"BYMONTHDAY={draw(joined(days))}")
    if draw(st.booleans()):
        parts.append(f"BYMONTH={draw(joined(st.integers(1, 12)))}")
    if draw(st.booleans()):
        parts.append(f"WKST={draw(weekdays)}")
    return ";".join(parts)


@pytest.mark.property
@given(rules(), st.integers(0, 3000), st.integers(1, 104))
def test_what_is_accepted_occurs_as_dateutil_says(rule, later, count):
    first = date(2028, 1, 1) + timedelta(days=later)
    start = datetime(first.year, first.month, first.day, 9, tzinfo=UTC)
    try:
        found = recurrence.parse(f"{rule};COUNT={count}", start=start, zone=ZoneInfo("UTC"))
    except Invalid:
        end = start.replace(tzinfo=None) + relativedelta(years=2)
        all_of_it = rrulestr(
            f"{rule};UNTIL={end:%Y%m%dT%H%M%S}", dtstart=start.replace(tzinfo=None)
        )
        known = [] if _never(rule, start) else list(islice(all_of_it, count))
        assert known[:1] != [start.replace(tzinfo=None)] or len(known) < count
    else:
        known = rrulestr(f"{rule};COUNT={count}", dtstart=start)
        assert found.starts == list(known)


def _never(rule, start):
    """Whether the start does not even pass the filters: dateutil might search for ever."""
    parts = dict(part.split("=") for part in rule.split(";"))
    months = parts.get("BYMONTH", str(start.month)).split(",")
    weekdays = [day[-2:] for day in parts.get("BYDAY", "").split(",") if day]
    names = list(recurrence.WEEKDAYS)
    return str(start.month) not in months or (
        bool(weekdays) and names[start.weekday()] not in weekdays
    )

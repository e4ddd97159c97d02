"""Many days off at once: public holidays, and what stands in a calendar file."""

from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openslot.appointments.changing import time_off
from openslot.availability import calendar_files, public_holidays
from openslot.availability.models import TimeOff, TimeOffSpan
from openslot.kernel.timerange import Span
from tests import town

pytestmark = pytest.mark.django_db

BERLIN = ZoneInfo("Europe/Berlin")
FIRST = town.NOW.date()


def calendar(*events):
    body = "".join(
        f"BEGIN:VEVENT\r\nUID:{n}\r\n{each}END:VEVENT\r\n" for n, each in enumerate(events)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n{body}END:VCALENDAR\r\n".encode()


def event(*lines):
    return "".join(f"{line}\r\n" for line in lines)


CAMP = event("DTSTART;VALUE=DATE:20300506", "DTEND;VALUE=DATE:20300509", "SUMMARY:Camp")
LUNCH = event(
    "DTSTART;TZID=America/New_York:20300507T120000",
    "DTEND;TZID=America/New_York:20300507T130000",
    "SUMMARY:Lunch",
)
FREE = event("DTSTART;VALUE=DATE:20300601", "SUMMARY:Birthday", "TRANSP:TRANSPARENT")
OFF = event("DTSTART;VALUE=DATE:20300602", "SUMMARY:Called off", "STATUS:CANCELLED")
WEEKLY = event(
    "DTSTART:20300401T150000Z",
    "DURATION:PT1H",
    "RRULE:FREQ=WEEKLY;COUNT=3",
    "EXDATE:20300408T150000Z",
    "SUMMARY:Choir",
)


@pytest.fixture
def desk(ada, signed_in):
    return signed_in(ada)


def ticked(page):
    """What the form that was shown would send."""
    said = page.content.decode()
    return {
        "shown": re.search(r'name="shown" value="([^"]*)"', said)[1],
        "day": re.findall(r'name="day" value="(\d+)"', said),
        "once": "a key",
    }


def read(*events, days=100):
    within = Span(town.NOW, town.NOW + timedelta(days=days))
    return calendar_files.read(calendar(*events), within=within, zone=BERLIN)


def test_berlins_holidays_are_shown_and_taken_off(desk, ada):
    page = desk.get("/provider/days-off/?country=DE&region=BE")
    assert "Labor Day" in page.content.decode()
    assert not TimeOff.objects.exists()
    desk.post("/provider/days-off/take/", ticked(page))
    days = {each.start.astimezone(BERLIN).date().isoformat() for each in TimeOff.objects.all()}
    assert {"2030-05-01", "2030-10-03", "2031-03-08"} <= days
    assert min(days) >= FIRST.isoformat()
    first = TimeOffSpan.objects.order_by("start").first()
    assert (first.end - first.start) == timedelta(days=1)


def test_what_is_not_ticked_is_no_day_off(desk):
    form = ticked(desk.get("/provider/days-off/?country=DE"))
    desk.post("/provider/days-off/take/", form | {"day": form["day"][:2]})
    assert TimeOff.objects.count() == 2


def test_taken_twice_it_stands_once(desk):
    page = desk.get("/provider/days-off/?country=DE&region=BE")
    desk.post("/provider/days-off/take/", ticked(page))
    many = TimeOff.objects.count()
    desk.post("/provider/days-off/take/", ticked(page) | {"once": "another key"})
    again = desk.get("/provider/days-off/?country=DE&region=BE").content.decode()
    assert TimeOff.objects.count() == many
    assert again.count("Off already") == many
    assert 'name="day"' not in again


def test_the_country_of_ones_zone_is_offered_first(desk):
    assert '<option value="DE" selected>Germany' in desk.get("/provider/days-off/").content.decode()


@pytest.mark.parametrize(
    "query", ["country=XX", "country=", "country=DE&region=ZZ", "country=FR&region=BE"]
)
def test_a_country_or_region_that_is_none_is_said_beside_its_field(desk, query):
    page = desk.get(f"/provider/days-off/?{query}")
    assert page.status_code == 422
    assert page.context["holidays"].errors


def test_every_country_that_is_offered_has_days():
    first, last = FIRST, FIRST.replace(year=FIRST.year + 1)
    without = [
        code
        for code, _ in public_holidays.countries()
        if not public_holidays.between(code, "", first, last)
    ]
    assert len(public_holidays.countries()) > 200
    assert len(without) < 10


def test_what_takes_time_in_a_file_is_shown_and_taken(desk):
    sent = SimpleUploadedFile("plan.ics", calendar(CAMP, LUNCH, FREE, OFF, WEEKLY))
    page = desk.post("/provider/days-off/file/", {"file": sent})
    assert not TimeOff.objects.exists()
    desk.post("/provider/days-off/take/", ticked(page))
    spans = list(TimeOffSpan.objects.order_by("start").values_list("start", "end"))
    assert spans == [
        (town.at(15), town.at(16)),
        (town.at(15, day=14), town.at(16, day=14)),
        (town.at(22, day=34), town.at(22, day=37)),  # 6 to 8 May in Berlin
        (town.at(16, day=36), town.at(17, day=36)),
    ]
    assert set(TimeOff.objects.values_list("reason", flat=True)) == {"Camp", "Lunch", "Choir"}


def test_appointments_in_it_stay_and_are_counted(desk, request_of_bob):
    span = event("DTSTART;VALUE=DATE:20300401", "SUMMARY:Away")
    page = desk.post(
        "/provider/days-off/file/", {"file": SimpleUploadedFile("a.ics", calendar(span))}
    )
    told = desk.post("/provider/days-off/take/", ticked(page), follow=True).content.decode()
    assert "1 appointment in them stays" in told
    request_of_bob.refresh_from_db()
    assert request_of_bob.status == "pending"


def test_what_somebody_else_was_shown_cannot_be_taken(desk, dan, signed_in):
    form = ticked(desk.get("/provider/days-off/?country=DE"))
    for sealed in (form["shown"], form["shown"][:-2], "", "x"):
        signed_in(dan).post("/provider/days-off/take/", form | {"shown": sealed})
    assert not TimeOff.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no calendar",
        b"\xff\xfe\x00",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR",
        b"BEGIN:VEVENT\r\nDTSTART:yesterday\r\nEND:VEVENT",
        calendar(event("DTSTART:20300401T090000Z", "RRULE:FREQ=SECONDLY", "DURATION:PT1S")),
        calendar(event("DTSTART:20300401T090000Z", "RRULE:FREQ=HOURLY", "DURATION:PT1M")),
        calendar(*[CAMP] * 501),
        b"BEGIN:VCALENDAR\r\n" + b"X" * 600_000,
    ],
    ids=range(9),
)
def test_a_file_that_is_no_calendar_is_refused_beside_its_field(desk, content):
    page = desk.post("/provider/days-off/file/", {"file": SimpleUploadedFile("x.ics", content)})
    assert page.status_code == 422
    assert page.context["file"].errors.keys() == {"file"}
    assert not TimeOff.objects.exists()


@pytest.mark.parametrize(
    "odd",
    [
        event("SUMMARY:No start"),
        event("DTSTART:20300401T090000Z", "DTEND:20300401T080000Z", "SUMMARY:Backwards"),
        event("DTSTART:20300401T090000Z", "SUMMARY:No length"),
        event("DTSTART:99990401T090000Z", "DTEND:99990402T090000Z", "SUMMARY:Far"),
        event("DTSTART:20300401T090000Z", "DURATION:PT1H", "RRULE:FREQ=NEVER", "SUMMARY:Odd"),
        event("DTSTART;TZID=Nowhere/City:20300401T090000", "DURATION:PT1H", "SUMMARY:Nowhere"),
    ],
)
def test_an_odd_event_hides_no_other(odd):
    assert "Camp" in {entry.title for entry in read(CAMP, odd)}


def test_a_whole_day_is_one_of_the_providers_zone_also_when_clocks_change():
    night = event("DTSTART;VALUE=DATE:20301027", "SUMMARY:Long day")
    found = read(night, days=300)
    assert found[0].span.end - found[0].span.start == timedelta(hours=25)


def test_a_daily_event_for_ever_is_read_for_the_time_asked_alone():
    daily = event("DTSTART:19900101T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY", "SUMMARY:Run")
    begun = timezone.now()
    assert len(read(daily, days=30)) in {29, 30, 31}
    assert timezone.now() - begun < timedelta(seconds=20)


def test_four_hundred_at_once_cost_few_statements_beside_the_jobs(desk, ada):
    wanted = [(Span(town.at(8, day=n), town.at(9, day=n)), "Course") for n in range(2, 402)]
    with CaptureQueriesContext(connection) as statements:
        assert len(time_off.take_all(ada.provider, wanted)) == 400
    jobs = [each for each in statements if "procrastinate" in each["sql"]]
    assert len(statements) - len(jobs) < 20
    assert TimeOffSpan.objects.count() == 400

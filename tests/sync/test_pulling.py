"""What stands in Google and takes time, and what happens when Google fails: scenarios 17 to 25."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from openslot.appointments.changing import answers
from openslot.appointments.free import slots
from openslot.appointments.models import Appointment, Status
from openslot.availability.models import Busy
from openslot.sync import health, tasks
from openslot.sync.connecting import calendars
from openslot.sync.google import faults
from openslot.sync.models import Issue, State
from tests import town
from tests.sync import town_square
from tests.sync.town_square import tick
from tests.working import work

pytestmark = pytest.mark.django_db
LIST, GET, INSERT = (f"calendar.events.{name}" for name in ("list", "get", "insert"))
BERLIN = ZoneInfo("Europe/Berlin")


def busy(hers):
    found = Busy.objects.filter(provider=hers.user.provider).order_by("start")
    return [(one.start, one.end) for one in found]


def local(day, hour=0):
    return datetime(2030, *day, hour, tzinfo=BERLIN)


def test_17_a_foreign_event_takes_its_time(hers, massage):
    hers.hand.insert("Dentist", town.at(8), town.at(9))
    hers.look()
    assert busy(hers) == [(town.at(8), town.at(9))]
    day = date(2030, 4, 1)
    [(_, free)] = slots.slots(massage, first=day, last=day, zone=BERLIN, now=town.NOW)
    assert town.at(8) not in {slot.start for slot in free}
    assert "Dentist" not in repr(Busy.objects.values().get())


def test_17_a_whole_day_is_one_in_the_zone_of_the_calendar(hers):
    hers.hand.insert("Fair", date(2030, 4, 3), date(2030, 4, 5), transparency="opaque")
    hers.look()
    assert busy(hers) == [(local((4, 3)), local((4, 5)))]


@pytest.mark.parametrize(
    "how",
    [
        {"transparency": "transparent"},
        {"eventType": "workingLocation", "workingLocationProperties": {"type": "homeOffice"},
         "visibility": "public", "transparency": "transparent"},
        {"attendees": [{"email": "ada@gmail.test", "responseStatus": "declined"}]},
    ],
    ids=["free", "a place of work", "declined"],
)  # fmt: skip
def test_17_what_takes_no_time_blocks_nothing(how, hers):
    hers.hand.insert("Something", town.at(8), town.at(9), **how)
    hers.look()
    assert busy(hers) == []


def test_what_is_tentative_blocks(hers):
    hers.hand.insert("Perhaps", town.at(8), town.at(9), status="tentative")
    hers.look()
    assert busy(hers) == [(town.at(8), town.at(9))]


def test_18_a_foreign_series_is_expanded_by_google(hers, clock):
    """Weekly over the end of summer time; one date deleted, one moved."""
    clock.move_to(datetime(2030, 10, 14, 6, tzinfo=ZoneInfo("UTC")))
    made = hers.hand.insert(
        "Choir",
        datetime(2030, 10, 15, 18, tzinfo=BERLIN),
        datetime(2030, 10, 15, 19, tzinfo=BERLIN),
        recurrence=["RRULE:FREQ=WEEKLY;COUNT=5"],
    )
    hers.look()
    assert [start.astimezone(BERLIN).hour for start, _ in busy(hers)] == [18] * 5
    dates = hers.hand.events(expanded=True)
    hers.hand.delete(dates[1]["id"])
    hers.hand.move(dates[2]["id"], datetime(2030, 10, 30, 20, tzinfo=BERLIN))
    hers.look()
    found = [start.astimezone(BERLIN) for start, _ in busy(hers)]
    assert [(one.day, one.hour) for one in found] == [(15, 18), (30, 20), (5, 18), (12, 18)]
    assert all(call.first("singleEvents") == "true" for call in hers.google.calls(LIST))
    hers.hand.delete(made["id"])
    hers.look()
    assert busy(hers) == []


def test_a_result_over_several_pages_is_read_whole_or_begun_anew(hers):
    hers.google.page_at_most(2)
    for number in range(5):
        hers.hand.insert("Busy", town.at(8, day=number), town.at(9, day=number))
    before = hers.target.sync_token
    hers.google.fault(LIST, status=503, skip=2)
    hers.look()
    assert hers.target.sync_token == before
    assert len(busy(hers)) == 4  # what was read counts
    hers.look()
    assert len(busy(hers)) == 5
    assert hers.target.sync_token != before


def test_20_after_a_410_everything_is_read_and_what_is_gone_goes(hers, massage, bob):
    made = town.booked(massage, bob, town.at(10))
    event = hers.hand.insert("Dentist", town.at(8), town.at(9))
    hers.look()
    before = hers.target.sync_token
    hers.google.expire_sync_tokens()
    hers.hand.delete(event["id"])
    hers.google.forget_deleted(hers.email)
    hers.look()
    assert busy(hers) == []
    assert hers.target.sync_token not in {"", before}
    assert Appointment.objects.get(pk=made.pk).status == Status.PENDING


@pytest.fixture
def booked(hers, massage, bob):
    made = town.booked(massage, bob, town.at(8))
    answers.accept(made.pk, by=hers.user)
    work()
    return made


def test_21_our_own_that_is_absent_after_a_410_is_asked_for(hers, booked, clock):
    hers.google.expire_sync_tokens()
    hers.hand.delete(hers.event()["id"])
    for name in list(hers.hand.calendar().gone if hasattr(hers.hand.calendar(), "gone") else []):
        hers.hand.calendar().gone.discard(name)
    hers.look()
    clock.shift(121)
    work()
    assert Appointment.objects.get(pk=booked.pk).status == Status.CANCELLED


def test_21_while_google_does_not_answer_nothing_changes(hers, booked, clock):
    hers.google.expire_sync_tokens()
    hers.hand.delete(hers.event()["id"])
    hers.google.fault(GET, status=503, times=9)
    hers.look()
    clock.shift(121)
    work()
    assert Appointment.objects.get(pk=booked.pk).status == Status.CONFIRMED
    hers.google.heal()
    for _ in range(4):
        clock.shift(900)
        tick()
    assert Appointment.objects.get(pk=booked.pk).status == Status.CANCELLED


def test_what_google_forgot_long_ago_is_asked_about_and_not_cancelled(hers, booked, clock):
    hers.google.expire_sync_tokens()
    hers.hand.delete(hers.event()["id"])
    hers.google.forget_deleted(hers.email)
    hers.look()
    clock.shift(121)
    work()
    assert Appointment.objects.get(pk=booked.pk).status == Status.CONFIRMED
    assert Issue.objects.get().kind == "vanished"


def test_22_google_says_when_to_come_again(hers, massage, bob, clock):
    hers.google.fault(LIST, status=429, headers={"Retry-After": "7"})
    hers.look()
    assert hers.connection.failures == 1
    assert hers.connection.state == State.ACTIVE
    clock.shift(6)
    hers.google.forget_requests()
    work()
    tick()
    assert not hers.google.requests
    clock.shift(2)
    work()
    assert hers.google.calls(LIST)
    assert hers.connection.failures == 0
    hers.google.fault(INSERT, status=403, reason="userRateLimitExceeded")
    town.booked(massage, bob, town.at(8))
    work()
    assert hers.connection.failures == 1
    assert health.of(hers.user).detail == "1 change waits."
    clock.shift(60)
    work()
    assert len(hers.events()) == 1


def test_22_another_connection_goes_on(hers, his, massage, bob):
    hers.google.fault(INSERT, status=429, headers={"Retry-After": "600"}, times=1)
    town.booked(massage, bob, town.at(8))
    work()
    assert {hers.connection.failures, his.connection.failures} == {0, 1}
    assert len(hers.events()) + len(his.events()) == 1


def test_22_who_is_slow_says_so_after_five_failures(hers, clock):
    hers.google.fault(LIST, status=503, times=9)
    for _ in range(5):
        hers.look()
    assert "Google is slow" in health.of(hers.user).detail


def test_23_a_quota_that_is_used_up_waits_an_hour(hers, massage, bob, clock):
    hers.google.fault(INSERT, status=403, reason="quotaExceeded")
    town.booked(massage, bob, town.at(8))
    work()
    clock.shift(3500)
    hers.google.forget_requests()
    work()
    tick()
    assert not hers.google.requests
    town.booked(massage, bob, town.at(10))
    clock.shift(101)
    work()
    tick()
    assert len(hers.events()) == 2


@pytest.mark.parametrize(
    "fault",
    [{"status": 500}, {"status": 503}, {"drop": "before"}, {"cut": True}, {"delay": 1}],
    ids=["500", "503", "reset", "cut off", "no answer in time"],
)
def test_24_when_google_fails_nothing_is_different_from_before(
    fault, hers, booked, clock, settings
):
    hers.hand.insert("Dentist", town.at(12), town.at(13))
    hers.look()
    settings.GOOGLE_TIMEOUT = (5, 0.3)
    before = (hers.target.sync_token, busy(hers), Appointment.objects.values().get())
    hers.google.fault(LIST, **fault)
    hers.look()
    assert hers.connection.failures == 1
    assert (hers.target.sync_token, busy(hers), Appointment.objects.values().get()) == before


def test_25_a_token_endpoint_that_is_down_disconnects_nobody(hers, massage, bob, clock):
    hers.google.expire_access_tokens()
    hers.google.fault("/token", status=503, times=3)  # google-auth itself tries thrice
    town.booked(massage, bob, town.at(8))
    town.booked(massage, bob, town.at(10))
    work()
    assert (hers.connection.state, hers.connection.failures) == (State.ACTIVE, 1)
    clock.shift(600)
    work()
    assert [hers.times(one)[0] for one in hers.events()] == [town.at(8), town.at(10)]


def test_26_access_that_is_taken_back_is_said_once_and_nothing_more_is_asked(
    hers, massage, bob, mails, clock
):
    hers.google.revoke(hers.email)
    town.booked(massage, bob, town.at(8))
    assert mails().count("ada@example.org") == 2  # the request, and the calendar
    assert hers.connection.state == State.NEEDS_RECONNECT
    hers.google.forget_requests()
    for _ in range(20):
        tasks.keep_in_step.func(connection_id=hers.connection.pk, urgent=True)
    town.booked(massage, bob, town.at(10))
    work()
    assert not hers.google.requests
    assert "Connect again" in health.of(hers.user).detail


def test_26_and_after_a_reconnect_all_that_waited_comes_in_order(hers, massage, bob):
    hers.google.revoke(hers.email)
    for hour in (8, 10, 12):
        town.booked(massage, bob, town.at(hour))
    work()
    town_square.connected(hers.google, hers.user, hers.email)
    assert [hers.times(one)[0].hour for one in hers.events()] == [8, 10, 12]


def test_a_permission_that_is_taken_away_later_is_named(hers):
    hers.google.fault(LIST, status=403, reason="insufficientPermissions")
    hers.look()
    assert hers.connection.state == State.SCOPE_MISSING


def test_a_calendar_that_blocks_no_more_blocks_nothing(hers):
    hers.hand.insert("Dentist", town.at(8), town.at(9))
    hers.look()
    calendars.choose(hers.user, blocking=[])
    assert busy(hers) == []


def test_an_event_that_moves_out_of_the_calendar_frees_its_time(hers):
    event = hers.hand.insert("Dentist", town.at(8), town.at(9))
    hers.look()
    hers.hand.move(event["id"], town.at(11))
    hers.look()
    assert busy(hers) == [(town.at(11), town.at(12))]
    hers.hand.delete(event["id"])
    hers.look()
    assert busy(hers) == []


def test_what_somebody_books_elsewhere_blocks_their_own_hours(hers, haircut, ada):
    """Ada is Dan's customer: one connection for both."""
    made = town.booked(haircut, ada, town.at(9))
    work()
    hers.look()
    assert hers.event()["summary"] == "Haircut: Dan's practice"
    assert busy(hers) == [(made.start, made.end)]


def depths_at_calls(queries):
    """How many transactions were open at each call of Google; a row is written after each."""
    depth, found = 0, []
    for one in queries:
        depth += one["sql"].startswith("SAVEPOINT") - one["sql"].startswith("RELEASE SAVEPOINT")
        if 'INSERT INTO "sync_request"' in one["sql"]:
            found.append(depth)
    return found


def test_2500_events_are_read_in_batches_that_hold_nobody_s_row_for_google(hers):
    hers.google.page_at_most(500)
    for number in range(2500):
        start = town.at(0) + timedelta(minutes=20 * number)
        hers.hand.insert("Busy", start, start + timedelta(minutes=10))
    hers.google.forget_requests()
    with CaptureQueriesContext(database) as queries:
        hers.look()
    assert len(hers.google.calls(LIST)) == 5
    assert depths_at_calls(queries) == [0] * len(hers.google.requests)
    assert Busy.objects.count() == 2500
    writes = [one for one in queries if 'INSERT INTO "availability_busy"' in one["sql"]]
    assert len(writes) <= 8


def test_every_answer_of_400_or_more_has_its_meaning():
    body = {"error": {"errors": [{"reason": "rateLimitExceeded"}]}}
    assert type(faults.of_answer(403, body, {})) is faults.Retry
    assert type(faults.of_answer(403, None, {})) is faults.Permanent
    assert type(faults.of_answer(410, None, {})) is faults.Gone
    assert type(faults.of_answer(401, None, {})) is faults.AuthLost
    after = faults.of_answer(503, None, {"Retry-After": "Mon, 01 Apr 2030 06:00:09 GMT"}).after
    assert after == timedelta(seconds=9)

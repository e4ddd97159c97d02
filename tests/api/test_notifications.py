"""Notices, preferences and calendars by the API."""

import pytest
from icalendar import Calendar

from openslot.appointments.changing import rescheduling
from openslot.notifications.models import Delivery
from tests import town
from tests.api.calling import done, problem
from tests.working import work


@pytest.fixture
def request_of_bob(massage, bob):
    made = town.booked(massage, bob, town.at(8))
    work()
    return made


def test_a_notice_says_what_happened_and_where_to_look(asking, ada, bob, request_of_bob):
    said = done(asking(ada).get("notifications/"))
    assert said["unread_count"] == 1
    [notice] = said["results"]
    assert notice["kind"] == "requested"
    assert notice["title"] == "New request: Massage, Mon 1 Apr, 10:00"
    assert notice["body"] == "Bob Test asks for Massage, Mon 1 Apr, 10:00."
    assert notice["url"] == f"http://localhost:8000/appointments/{request_of_bob.pk}/"
    assert notice["created_at"] == "2030-04-01T06:00:00Z"
    assert notice["read_at"] is None
    assert done(asking(bob).get("notifications/"))["results"] == []


def test_reading_one_and_all(asking, ada, bob, massage, request_of_bob):
    town.booked(massage, bob, town.at(10))
    work()
    first, second = done(asking(ada).get("notifications/"))["results"]
    assert asking(ada).post(f"notifications/{first['id']}/read/").status_code == 204
    assert asking(ada).post(f"notifications/{first['id']}/read/").status_code == 204
    said = done(asking(ada).get("notifications/", unread="true"))
    assert ([each["id"] for each in said["results"]], said["unread_count"]) == ([second["id"]], 1)
    read = done(asking(ada).get("notifications/", unread="false"))["results"]
    assert [each["id"] for each in read] == [first["id"]]
    assert asking(ada).post("notifications/read-all/").status_code == 204
    assert done(asking(ada).get("notifications/"))["unread_count"] == 0


def test_nobody_reads_anothers_notices(asking, ada, eve, request_of_bob):
    [notice] = done(asking(ada).get("notifications/"))["results"]
    problem(asking(eve).post(f"notifications/{notice['id']}/read/"), 404, "not_found")
    assert asking(eve).post("notifications/read-all/").status_code == 204
    assert Delivery.objects.visible_to(ada).unread().count() == 1


def test_mails_are_no_notices(asking, bob, request_of_bob):
    mine = Delivery.objects.get(user=bob)
    problem(asking(bob).post(f"notifications/{mine.pk}/read/"), 404, "not_found")


def test_a_page_of_notices_costs_three_queries(
    asking, ada, bob, massage, request_of_bob, django_assert_num_queries
):
    for hour in (10, 12, 13):
        town.booked(massage, bob, town.at(hour))
    work()
    caller = asking(ada)
    with django_assert_num_queries(3):  # the caller, the notices with all they name, the count
        assert len(done(caller.get("notifications/"))["results"]) == 4


def test_preferences_are_all_on_until_changed(asking, bob):
    said = done(asking(bob).get("notification-preferences/"))
    assert set(said) == {"email", "in_app", "reminder_minutes"}
    assert all(said["email"].values())
    assert all(said["in_app"].values())
    assert said["email"].keys() >= {"requested", "reminder", "sync_attention", "welcome"}
    assert said["reminder_minutes"] == [1440, 60]


def test_a_put_takes_what_the_get_said_and_keeps_what_is_left_out(asking, bob):
    caller = asking(bob)
    said = done(caller.get("notification-preferences/"))
    said["email"]["moved"] = False
    said["reminder_minutes"] = [30]
    assert done(caller.put("notification-preferences/", said)) == said
    less = done(caller.put("notification-preferences/", {"in_app": {"moved": False}}))
    assert (less["email"]["moved"], less["in_app"]["moved"]) == (False, False)
    assert less["reminder_minutes"] == [30]


@pytest.mark.parametrize(
    "body",
    [
        {"email": {"nonsense": True}},
        {"email": {"moved": "perhaps"}},
        {"email": []},
        {"sms": {}},
        {"reminder_minutes": [4]},
        {"reminder_minutes": [43_201]},
        {"reminder_minutes": [10, 20, 30, 40, 50, 60]},
        {"reminder_minutes": ["soon"]},
        {"reminder_minutes": None},
        {"reminder_minutes": 60},
        [],
    ],
)
def test_odd_preferences_are_refused(asking, bob, body):
    problem(asking(bob).put("notification-preferences/", body), 400, "invalid")


@pytest.mark.parametrize("value", ["maybe", "%00", "\x00", "1"])
def test_an_odd_filter_is_refused(asking, bob, value):
    assert asking(bob).get("notifications/", unread=value).status_code == 400


def test_the_feeds_address_can_be_had_again_and_renewed(asking, client, bob):
    first = done(asking(bob).get("me/feed/"))["url"]
    assert first.startswith("http://localhost:8000/feeds/")
    assert first.endswith(".ics")
    assert done(asking(bob).get("me/feed/"))["url"] == first
    second = done(asking(bob).post("me/feed/"))["url"]
    assert client.get(first.removeprefix("http://localhost:8000")).status_code == 404
    assert client.get(second.removeprefix("http://localhost:8000")).status_code == 200


def test_an_appointment_as_icalendar(asking, bob, ada, eve, request_of_bob):
    answer = asking(bob).get(f"appointments/{request_of_bob.pk}.ics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    [first] = Calendar.from_ical(answer.content).walk("VEVENT")
    rescheduling.reschedule(request_of_bob.pk, by=ada, start=town.at(12))
    text = asking(bob).get(
        f"appointments/{request_of_bob.pk}.ics", headers={"accept": "text/calendar"}
    )
    [second] = Calendar.from_ical(text.content).walk("VEVENT")
    assert first["UID"] == second["UID"]
    assert (first["SEQUENCE"], second["SEQUENCE"]) == (0, 1)
    assert second["DTSTART"].dt == town.at(12)
    problem(asking(eve).get(f"appointments/{request_of_bob.pk}.ics"), 404, "not_found")
    problem(asking().get(f"appointments/{request_of_bob.pk}.ics"), 401, "not_authenticated")


@pytest.mark.parametrize("path", ["notifications/", "notification-preferences/", "me/feed/"])
def test_all_of_it_wants_a_token(asking, path):
    problem(asking().get(path), 401, "not_authenticated")


def test_the_export_holds_what_one_was_told(asking, ada, request_of_bob):
    mine = done(asking(ada).get("me/export/"))
    assert {each["kind"] for each in mine["notifications"]} == {"requested"}
    assert mine["notification_preferences"]["reminder_minutes"] == [1440, 60]


def test_texts_stand_among_the_preferences_where_they_are_sent(asking, bob, settings):
    caller = asking(bob)
    assert "sms" not in done(caller.get("notification-preferences/"))
    wanted = {"sms": {"reminder": True}}
    problem(caller.put("notification-preferences/", wanted), 400, "invalid")
    settings.NOTIFY_URL_SMS = "json://127.0.0.1/{phone}"
    assert done(caller.get("notification-preferences/"))["sms"] == dict.fromkeys(
        ("confirmed", "reminder"), False
    )
    said = done(caller.put("notification-preferences/", wanted))
    assert said["sms"] == {"confirmed": False, "reminder": True}
    assert done(caller.put("notification-preferences/", said)) == said

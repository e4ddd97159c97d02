"""The calendar as people and machines see it: the page, the API, the appointment's own line."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import RefreshToken

from openslot.sync import attention
from openslot.sync.models import Connection, Issue, State
from tests import town
from tests.sync import town_square
from tests.working import work

pytestmark = pytest.mark.django_db
ADA = "ada@gmail.test"
PAGE = "/me/calendar/"


def at_the_pages(user):
    client = Client()
    client.force_login(user)
    return client


def machine(user):
    client = APIClient()
    token = RefreshToken.for_user(user).access_token
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_without_google_no_page_speaks_of_it(ada, massage, bob):
    made = town.booked(massage, bob, town.at(8))
    client = at_the_pages(ada)
    for path in ("/me/", "/", f"/appointments/{made.pk}/", "/requests/", "/services/"):
        assert "Google" not in client.get(path).content.decode()
    assert client.get(PAGE).status_code == 404


def test_connecting_at_the_pages(configured, ada):
    client = at_the_pages(ada)
    assert "Connect Google Calendar" in text(client.get(PAGE))
    there = client.post(reverse("calendar_connect"))
    assert there.url.startswith(f"{configured.url}/o/oauth2/v2/auth?")
    back = urlsplit(configured.consent(there.url, ADA))
    answer = client.get(f"{back.path}?{back.query}", follow=True)
    assert "ada@gmail.test is connected." in text(answer)
    work()
    assert "In sync." in text(client.get(PAGE))


def test_27_what_was_unticked_is_named_on_the_page(configured, ada):
    client = at_the_pages(ada)
    there = client.post(reverse("calendar_connect")).url
    back = urlsplit(configured.consent(there, ADA, untick=["calendar.events.owned"]))
    answer = client.get(f"{back.path}?{back.query}", follow=True)
    assert "see and change events on calendars you own" in text(answer)
    assert "Connect Google Calendar" in text(answer)


def test_27_a_way_back_that_is_nobody_s_is_400(configured, ada):
    answer = at_the_pages(ada).get(reverse("calendar_callback"), {"state": "x", "code": "y"})
    assert answer.status_code == 400
    assert not configured.calls("/token")


def test_choosing_asking_and_leaving_at_the_pages(hers, massage, bob):
    client = at_the_pages(hers.user)
    saved = client.post(PAGE, {"target": ADA, "asks": "on"})
    assert saved.status_code == 302
    assert (hers.connection.cancels, hers.connection.meets) == (False, False)
    assert not hers.connection.calendars.filter(blocks=True).exists()
    assert client.post(reverse("calendar_sync")).status_code == 302
    town.booked(massage, bob, town.at(8))
    work()
    assert "Leave 1 event to come in Google" in text(client.get(reverse("calendar_leave")))
    client.post(reverse("calendar_leave"), {"events": "delete"})
    work()
    assert hers.events() == []
    assert "Connect Google Calendar" in text(client.get(PAGE))


def test_a_question_is_answered_at_the_pages(hers, massage, bob):
    made = town.booked(massage, bob, town.at(8))
    work()
    hers.hand.move(hers.event()["id"], town.at(8, day=-1))
    hers.look()
    client = at_the_pages(hers.user)
    assert "Put it back in Google" in text(client.get(PAGE))
    issue = Issue.objects.get()
    client.post(reverse("calendar_answer", args=[issue.pk]), {"answer": "restore"})
    work()
    assert hers.times()[0] == made.start
    assert "What did you mean" not in text(client.get(PAGE))


def test_reconnect_is_offered_where_access_was_lost(hers):
    hers.google.revoke(ADA)
    hers.look()
    page = text(at_the_pages(hers.user).get(PAGE))
    assert "Google does not let us in any more" in page
    assert "Connect again" in page


def test_the_appointment_says_that_it_is_in_the_calendar(hers, massage, bob):
    made = town.booked(massage, bob, town.at(8))
    page = f"/appointments/{made.pk}/"
    work()
    assert "In your Google Calendar" in text(at_the_pages(hers.user).get(page))
    his = at_the_pages(bob).get(page).content.decode()
    assert "https://calendar.google.com/calendar/render?action=TEMPLATE" in his
    [link] = re.findall(r'href="(https://calendar.google.com[^"]+)"', his)
    asked = parse_qs(urlsplit(link.replace("&amp;", "&")).query)
    assert asked["dates"] == ["20300401T080000Z/20300401T090000Z"]
    file = at_the_pages(bob).get(f"{page}calendar.ics")
    assert file.content.startswith(b"BEGIN:VCALENDAR")


def test_the_api_says_how_it_stands(configured, ada):
    api = machine(ada)
    nothing = api.get("/api/calendar/").json()
    assert nothing == {
        "connected": False,
        "account": None,
        "target": None,
        "blocking": [],
        "calendars": [],
        "state": None,
        "last_synced_at": None,
        "detail": "",
    }
    there = api.post("/api/calendar/connect/").json()["authorization_url"]
    back = urlsplit(configured.consent(there, ADA))
    assert at_the_pages(ada).get(f"{back.path}?{back.query}").status_code == 302
    first = api.get("/api/calendar/").json()
    assert (first["connected"], first["account"], first["state"]) == (True, ADA, "syncing")
    work()
    then = api.get("/api/calendar/").json()
    assert (then["state"], then["target"], then["blocking"]) == ("ok", ADA, [ADA])
    assert then["calendars"] == [{"id": ADA, "name": ADA, "primary": True, "writable": True}]
    assert then["last_synced_at"].startswith("2030-04-01T06:00:00")


def test_the_api_chooses_syncs_and_leaves(hers, massage, bob):
    api = machine(hers.user)
    other = hers.google.add_calendar(hers.email, "Work")
    hers.list_calendars()
    answer = api.patch("/api/calendar/", {"blocking": [other]}, format="json")
    assert answer.json()["blocking"] == [other]
    wrong = api.patch("/api/calendar/", {"target": "nobody's"}, format="json")
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["target"])
    assert api.post("/api/calendar/sync/").status_code == 202
    work()
    hers.hand.insert("Dentist", town.at(8), town.at(9), calendar=other)
    hers.look()
    assert hers.user.provider.busy.count() == 1
    town.booked(massage, bob, town.at(10))
    work()
    assert api.delete("/api/calendar/?events=delete").status_code == 204
    work()
    assert hers.events() == []
    assert api.get("/api/calendar/").json()["connected"] is False
    assert api.delete("/api/calendar/").status_code == 404


def test_the_api_says_what_needs_a_person(hers):
    hers.google.revoke(ADA)
    hers.look()
    said = machine(hers.user).get("/api/calendar/").json()
    assert said["state"] == "broken"
    assert "Connect again" in said["detail"]


def test_another_person_may_not_finish_it(configured, ada, bob):
    there = machine(ada).post("/api/calendar/connect/").json()["authorization_url"]
    back = urlsplit(configured.consent(there, ADA))
    assert at_the_pages(bob).get(f"{back.path}?{back.query}").status_code == 400
    assert not Connection.objects.exists()


def test_the_operator_sees_how_calendars_stand_and_no_token(hers, client):
    operator = town.person("Olga", is_staff=True, is_superuser=True)
    client.force_login(operator)
    page = client.get("/admin/sync/connection/")
    assert page.status_code == 200
    row = client.get(f"/admin/sync/connection/{hers.connection.pk}/change/").content.decode()
    assert hers.connection.refresh_token not in row
    assert hers.connection.access_token not in row


def test_a_booking_does_the_same_with_a_connection_and_without(configured, ada, massage, bob):
    def statements(by, start):
        with CaptureQueriesContext(connection) as queries:
            town.booked(massage, by, start)
        return [re.sub(r"'[^']*'", "…", one["sql"]) for one in queries]

    town.booked(massage, bob, town.at(8, day=1))
    before = statements(bob, town.at(8, day=2))
    work()
    town_square.connected(configured, ada, ADA)
    after = statements(bob, town.at(8, day=3))
    assert len(before) == len(after)


def test_home_says_how_the_calendar_stands(client, hers, ada):
    page = town.sign_in(client, ada).get("/").content.decode()
    assert "Google Calendar: In sync." in page
    attention.lost(hers.connection, State.NEEDS_RECONNECT, reason="")
    page = client.get("/").content.decode()
    assert "Google does not let us in any more." in page
    assert "Connect again" in page

"""The bell, the list, the switches, one click out, and the mailbox of development."""

import re

import pytest
from django.core import mail
from django.test import Client

from openslot.accounts import people
from openslot.notifications import kinds, links, preferences
from openslot.notifications.models import Delivery
from tests import town
from tests.notifications.letters import parsed
from tests.working import work


@pytest.fixture
def told(request_of_bob):
    work()
    return request_of_bob


def test_the_list_shows_notices_and_leads_to_the_appointment(signed_in, ada, told):
    client = signed_in(ada)
    page = client.get("/notifications/").content.decode()
    assert "New request" in page
    assert "Bob Test asks for Massage, Mon 1 Apr, 10:00." in page
    [notice] = Delivery.objects.visible_to(ada)
    answer = client.post(f"/notifications/{notice.pk}/")
    assert answer.headers["Location"] == f"/appointments/{told.pk}/"
    assert client.get("/notifications/?show=unread").content.decode().count("notice-title") == 0


def test_filters_and_all_read(signed_in, ada, told):
    client = signed_in(ada)
    assert b"notice-title" in client.get("/notifications/?kind=requested").content
    assert b"notice-title" not in client.get("/notifications/?kind=moved").content
    assert client.get("/notifications/?kind=nonsense").status_code == 404
    assert client.post("/notifications/read-all/").status_code == 302
    assert Delivery.objects.visible_to(ada).unread().count() == 0


def test_nobody_opens_anothers_notice(signed_in, eve, ada, told):
    [notice] = Delivery.objects.visible_to(ada)
    assert signed_in(eve).post(f"/notifications/{notice.pk}/").status_code == 404
    assert signed_in(eve).get(f"/notifications/{notice.pk}/").status_code == 405


def test_a_list_costs_the_same_however_long(
    signed_in, ada, bob, massage, told, django_assert_num_queries
):
    for hour in (10, 12, 13):
        town.booked(massage, bob, town.at(hour))
    work()
    client = signed_in(ada)
    # session, user, how many, the notices, unread; their provider and requests (the sidebar)
    with django_assert_num_queries(7):
        client.get("/notifications/")


def test_the_bell_counts_with_one_query_and_says_when_nothing_changed(
    signed_in, ada, told, django_assert_num_queries
):
    client = signed_in(ada)
    with django_assert_num_queries(3):  # session, user, one count
        answer = client.get("/notifications/unread/")
    assert answer.status_code == 200
    assert b">1<" in answer.content
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert client.get("/notifications/unread/", headers=tag).status_code == 304
    client.post("/notifications/read-all/")
    assert client.get("/notifications/unread/", headers=tag).status_code == 200
    assert Client().get("/notifications/unread/").status_code == 204


def test_switches_and_reminders_are_saved(signed_in, bob):
    client = signed_in(bob)
    page = client.get("/me/notifications/").content.decode()
    assert page.count("checked") == 2 * (len(kinds.KINDS) - 2) + 2
    sent = {"email_moved": "on", "in_app_reminder": "on", "reminder_minutes": ["2880", "30"]}
    assert client.post("/me/notifications/", sent).status_code == 302
    now = preferences.shown(bob)
    theirs = {"time_off_conflict", "sync_attention"}  # which a customer is not asked about
    assert [k for k, on in now["email"].items() if on and k not in theirs] == ["moved"]
    assert [k for k, on in now["in_app"].items() if on and k not in theirs] == ["reminder"]
    assert now["reminder_minutes"] == [2880, 30]


def test_each_side_is_asked_about_its_own_kinds(signed_in, ada, bob):
    page = signed_in(bob).get("/me/notifications/").content.decode()
    assert "What you asked for, as a receipt" in page
    assert "Appointments stand in your time off" not in page
    assert "Somebody asks for a time" not in page
    page = signed_in(ada).get("/me/notifications/").content.decode()
    assert "Appointments stand in your time off" in page
    assert "Somebody asks for a time" in page


def test_a_reminder_chosen_elsewhere_stays_one_of_the_choices(signed_in, bob):
    preferences.change(bob, reminder_minutes=[95])
    client = signed_in(bob)
    assert "1 h 35 min" in client.get("/me/notifications/").content.decode()
    assert client.post("/me/notifications/", {"reminder_minutes": ["95"]}).status_code == 302
    assert preferences.shown(bob)["reminder_minutes"] == [95]
    assert client.post("/me/notifications/", {}).status_code == 302
    assert preferences.shown(bob)["reminder_minutes"] == []


def test_six_reminders_are_refused_beside_the_field(signed_in, bob):
    many = ["10080", "2880", "1440", "240", "120", "60"]
    answer = signed_in(bob).post("/me/notifications/", {"reminder_minutes": many})
    assert answer.status_code == 422
    assert answer.context["form"].errors["reminder_minutes"]


@pytest.mark.parametrize(
    "text",
    ["soon", "4", "44640", "1, 2, 3", "\x00", "٣", "-5", "9" * 50],
)
def test_odd_reminders_are_refused_beside_the_field(signed_in, bob, text):
    answer = signed_in(bob).post("/me/notifications/", {"reminder_minutes": text})
    assert answer.status_code == 422
    assert answer.context["form"].errors["reminder_minutes"]


def test_the_calendars_address_is_renewed(signed_in, bob):
    client = signed_in(bob)
    address = re.compile(r"/feeds/[^\"]+\.ics")
    first = address.search(client.get("/me/notifications/").content.decode()).group()
    assert client.get(first).status_code == 200
    assert client.post("/me/feed/").status_code == 302
    assert client.get(first).status_code == 404


@pytest.fixture
def outbox(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    return mail.outbox


def test_one_click_ends_the_mails_of_a_kind(ada, massage, bob, outbox):
    town.booked(massage, bob, town.at(8))
    work()
    [adas] = [sent for sent in outbox if "ada@" in sent.to[0]]
    message = parsed(adas)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = message["List-Unsubscribe"].strip().strip("<>").removeprefix("http://localhost:8000")
    stranger = Client(enforce_csrf_checks=True)
    asked = stranger.get(path)
    assert asked.status_code == 200
    assert b"Stop these mails" in asked.content
    assert preferences.shown(ada)["email"]["requested"]  # looking changes nothing
    answer = stranger.post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not preferences.shown(ada)["email"]["requested"]
    assert preferences.shown(ada)["email"]["confirmed"]
    assert stranger.post(path).status_code == 200


@pytest.mark.parametrize("token", ["x", "W10:abc", "%00", "a" * 2000, "\N{SNOWMAN}"])
def test_a_made_up_address_ends_nothing(client, db, token):
    assert client.get(f"/unsubscribe/{token}/").status_code == 404
    assert client.post(f"/unsubscribe/{token}/").status_code == 404


def test_who_is_gone_can_still_unsubscribe(client, bob):
    path = links.unsubscribe(bob, "moved").removeprefix("http://localhost:8000")
    bob.delete()
    assert client.post(path).status_code == 200


def test_the_mailbox_of_development_shows_mails_and_runs_nothing_in_them(
    client, settings, tmp_path, massage, bob
):
    settings.EMAIL_BACKEND = "openslot.notifications.outgoing.mailbox.Backend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    assert client.get("/dev/mail/").status_code == 200
    town.booked(massage, bob, town.at(8))
    work()
    page = client.get("/dev/mail/").content.decode()
    assert "Request sent: Massage, Mon 1 Apr, 10:00" in page
    names = sorted(set(re.findall(r"/dev/mail/([^/\"]+\.eml)/", page)))
    assert len(names) == 2
    for name in names:
        shown = client.get(f"/dev/mail/{name}/").content.decode()
        assert 'sandbox="allow-popups"' in shown
        framed = client.get(f"/dev/mail/{name}/html/")
        assert framed.headers["X-Frame-Options"] == "SAMEORIGIN"
        policy = framed.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert client.get(f"/dev/mail/{name}/0/").headers["Content-Disposition"].startswith("att")
        assert client.get(f"/dev/mail/{name}/99/").status_code == 404
    for name in ("..", "x.eml", "1900000000000000000-1.eml", "%2e%2e%2fpostgres"):
        assert client.get(f"/dev/mail/{name}/").status_code == 404


def test_texts_are_chosen_where_the_installation_sends_them(client, bob, settings):
    client.force_login(bob)
    page = "/me/notifications/"
    assert "sms_reminder" not in client.get(page).content.decode()
    settings.NOTIFY_URL_SMS = "json://127.0.0.1/{phone}"
    shown = client.get(page).content.decode()
    assert "sms_reminder" in shown
    assert "sms_moved" not in shown
    assert "Texts need your number with its country" in shown
    people.change_profile(bob, phone="+49 30 901820")
    assert "Texts go to +4930901820." in client.get(page).content.decode()
    client.post(page, {"sms_reminder": "on", "reminder_minutes": "1440"})
    assert preferences.shown(bob)["sms"] == {"confirmed": False, "reminder": True}

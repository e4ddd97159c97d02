"""The page keeps the chosen time while its form is filled in; a look at it keeps nothing."""

from __future__ import annotations

import re

import pytest

from openslot.appointments.models import Appointment, Hold
from tests import town
from tests.town import at

pytestmark = pytest.mark.django_db

AT = "2030-04-02T08:00:00Z"
TIMES = "/p/ada/?day=2030-04-02&service="


def keep(client, service, start=AT):
    client.get(f"/p/ada/{service.pk}/book/?at={start}")
    return client.post("/hold/", {"service": str(service.pk), "at": start}).content.decode()


def held_id(said):
    return re.search(r'name="hold" value="([^"]+)"', said)[1]


def page(client, service):
    return client.get(f"/p/ada/{service.pk}/book/?at={AT}").content.decode()


def times(client, service):
    return re.findall(r">(\d\d:\d\d)</a>", client.get(f"{TIMES}{service.pk}").content.decode())


def test_a_look_at_the_page_keeps_nothing_and_its_script_does(client, massage, bob):
    client.force_login(bob)
    assert 'hx-post="/hold/"' in page(client, massage)
    assert not Hold.objects.exists()
    said = keep(client, massage)
    assert "Kept for you until" in said
    assert "08:10" in said  # Bob reads in Berlin
    assert Hold.objects.get().start == at(8, day=1)


def test_what_is_kept_is_booked_by_who_keeps_it(client, massage, bob):
    client.force_login(bob)
    held = held_id(keep(client, massage))
    client.post(f"/p/ada/{massage.pk}/book/", {"at": AT, "notes": "", "hold": held})
    assert Appointment.objects.get().attendee == bob
    assert not Hold.objects.exists()


def test_a_guest_keeps_and_books_it(client, massage, settings):
    settings.GUEST_VERIFICATION = "none"
    held = held_id(keep(client, massage))
    assert client.cookies["hold"]["httponly"]
    sent = {"at": AT, "name": "Gil", "email": "gil@example.org", "notes": "", "hold": held}
    client.post(f"/p/ada/{massage.pk}/book/", sent)
    assert Appointment.objects.get().start == at(8, day=1)
    assert not Hold.objects.exists()


def test_who_chooses_again_sees_everything_and_others_do_not(client, massage, bob, carol):
    client.force_login(bob)
    keep(client, massage)
    assert {"10:00", "10:30", "11:00"} <= set(times(client, massage))
    client.force_login(carol)
    assert not {"10:00", "10:30"} & set(times(client, massage))
    assert "11:00" in times(client, massage)


def test_who_goes_on_before_the_answer_comes_is_not_kept_out_by_what_is_theirs(client, massage):
    drawn = client.get(f"/p/ada/{massage.pk}/book/?at={AT}")
    known = drawn.cookies["hold"].value
    answer = client.post("/hold/", {"service": str(massage.pk), "at": AT})
    assert "hold" not in answer.cookies  # nothing of it is needed: the browser may never see it
    assert client.cookies["hold"].value == known
    client.post(f"/p/ada/{massage.pk}/book/", {"at": AT, "name": "Gil", "email": "gil@example.org"})
    assert Appointment.objects.get().start == at(8, day=1)


def test_a_browser_that_keeps_no_cookies_books_without_a_hold(client, massage):
    client.get(f"/p/ada/{massage.pk}/book/?at={AT}")
    client.cookies.clear()
    assert client.post("/hold/", {"service": str(massage.pk), "at": AT}).content.strip() == b""
    assert not Hold.objects.exists()
    client.post(f"/p/ada/{massage.pk}/book/", {"at": AT, "name": "Gil", "email": "gil@example.org"})
    assert Appointment.objects.count() == 1


def test_a_time_that_is_gone_is_said_beside_the_form(client, massage, bob, carol):
    town.booked(massage, carol, at(8, day=1))
    client.force_login(bob)
    assert "just taken" in keep(client, massage)


@pytest.mark.parametrize(
    "sent", [{}, {"service": "x", "at": AT}, {"service": town.NOBODY, "at": AT}]
)
def test_what_cannot_be_kept_is_said_by_the_form_itself(client, sent):
    answer = client.post("/hold/", sent)
    assert (answer.status_code, answer.content.strip()) == (200, b"")


def test_too_many_from_one_place_are_no_obstacle(client, massage, bob, settings):
    settings.RATE_LIMITS = "on"
    for day in range(3, 8):
        client.cookies.clear()
        assert "Kept" in keep(client, massage, f"2030-04-0{day}T08:00:00Z")
    client.cookies.clear()
    client.force_login(bob)
    assert keep(client, massage).strip() == ""
    client.post(f"/p/ada/{massage.pk}/book/", {"at": AT, "notes": ""})
    assert Appointment.objects.count() == 1

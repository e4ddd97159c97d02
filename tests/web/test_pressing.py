"""Buttons that do what they say once: the key of a form, and what is kept of its answer."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.messages import get_messages

from openslot import web
from openslot.appointments.models import Appointment
from openslot.kernel.models import KeptAnswer
from openslot.web import forgetting
from tests import town

pytestmark = pytest.mark.django_db

TEMPLATES = Path(web.__file__).parent / "templates"
FORM = re.compile(r'<form[^>]*method="post".*?</form>', re.DOTALL)
# Forms that sign in and out, or lead to Google: what they do twice, allauth and Google judge.
WITHOUT = re.compile(r"account_logout|calendar_connect|provider_login_url|Stop these mails")
OF_ALLAUTH = ("mfa/", "socialaccount/", "account/email", "account/login", "account/logout")
OF_ALLAUTH += ("account/password", "account/reauthenticate", "account/signup")
# Saying again who one is, and ending a session: a repeat finds it said, or ended.
OF_ALLAUTH += ("account/say_again", "account/sessions")
OF_ALLAUTH += ("account/erase",)  # nobody is left to press again


def templates():
    for path in sorted(TEMPLATES.rglob("*.html")):
        name = str(path.relative_to(TEMPLATES))
        if not name.startswith(OF_ALLAUTH):
            yield name, path.read_text()


def test_every_form_that_acts_carries_a_key():
    without = [
        (name, form[:80])
        for name, text in templates()
        for form in FORM.findall(text)
        if "{% once %}" not in form and not WITHOUT.search(form)
    ]
    assert without == []


def address(service):
    return f"/p/ada/{service.pk}/book/"


def book(client, service, hour=8, key="a key", **form):
    at = f"2030-04-02T{hour:02}:00:00Z"
    return client.post(address(service), {"at": at, "once": key} | form)


def keys(page):
    return re.findall(r'name="once" value="([^"]+)"', page.content.decode())


def test_each_page_that_is_drawn_has_another_key(signed_in, bob, massage):
    client, path = signed_in(bob), f"{address(massage)}?at=2030-04-02T08:00:00Z"
    first, second = (keys(client.get(path)) for _ in range(2))
    assert first != second
    assert len(first) == len(second) == 1


def test_another_time_with_the_same_key_is_another_request(signed_in, bob, massage):
    client = signed_in(bob)
    first, other, again = book(client, massage), book(client, massage, 10), book(client, massage)
    assert first.url == again.url != other.url
    assert Appointment.objects.count() == 2


def test_what_was_refused_is_tried_again(signed_in, bob, carol, massage):
    taken = town.booked(massage, carol, town.at(8, day=1))
    client = signed_in(bob)
    assert book(client, massage).status_code == 409
    assert not KeptAnswer.objects.exists()
    taken.delete()
    assert book(client, massage).status_code == 302


def test_a_key_is_of_one_person_and_of_one_form(signed_in, bob, carol, massage):
    assert book(signed_in(bob), massage).status_code == 302
    assert book(signed_in(carol), massage).status_code == 409
    assert book(signed_in(carol), massage, 10).status_code == 302


def test_after_a_day_a_form_sent_again_is_a_new_one(signed_in, bob, massage, clock):
    client = signed_in(bob)
    book(client, massage, 8)
    clock.move_to(town.NOW + timedelta(hours=23, minutes=59))
    assert book(client, massage, 8).status_code == 302
    clock.move_to(town.NOW + timedelta(hours=24))
    assert book(client, massage, 8).status_code == 409


def test_without_a_key_a_form_is_carried_out_as_it_comes(signed_in, bob, massage):
    assert [book(signed_in(bob), massage, key="").status_code for _ in range(2)] == [302, 409]
    assert not KeptAnswer.objects.exists()


def accepted(client, asked):
    path, headers = f"/provider/requests/{asked.pk}/accept/", {"hx-request": "true"}
    return client.post(path, {"version": asked.version, "once": "a key"}, headers=headers)


def test_an_answer_in_place_is_the_same_when_it_is_pressed_again(signed_in, ada, request_of_bob):
    desk = signed_in(ada)
    first, again = accepted(desk, request_of_bob), accepted(desk, request_of_bob)
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert first.headers["HX-Trigger"] == again.headers["HX-Trigger"]
    assert "Accepted. Bob Test gets a mail." in first.headers["HX-Trigger"]


def told(answer):
    return [str(each) for each in get_messages(answer.wsgi_request)]


def test_a_kept_answer_loses_the_words_that_name_somebody_erased(
    signed_in, ada, request_of_bob, carol, massage
):
    other = town.booked(massage, carol, town.at(8, day=1))
    path = f"/appointments/{request_of_bob.pk}/accept/"
    elsewhere = f"/appointments/{other.pk}/accept/"

    def press(where):
        """In a browser to which nothing has been told yet."""
        return signed_in(ada).post(where, {"once": "a key"})

    first = press(path)
    press(elsewhere)
    assert told(first) == ["Accepted. Bob Test gets a mail."]
    assert forgetting.forget([str(request_of_bob.customer_id)]) == 1
    again = press(path)
    assert (again.url, told(again)) == (first.url, [])
    assert told(press(elsewhere)) == ["Accepted. Carol Test gets a mail."]


def test_the_database_keeps_no_answer_in_clear(signed_in, ada, request_of_bob):
    signed_in(ada).post(f"/appointments/{request_of_bob.pk}/accept/", {"once": "secret key"})
    row = repr(KeptAnswer.objects.values().get())
    for clear in ("Accepted", "Bob", "secret key", str(request_of_bob.pk)):
        assert clear not in row

"""What somebody without an account does by the link in their mails, in a browser."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client

from openslot.appointments.booking.asking import Guest
from openslot.appointments.changing import rescheduling
from openslot.appointments.guests import links
from openslot.appointments.models import Act, Appointment, Status
from tests import town, working

pytestmark = pytest.mark.django_db

GIL = Guest("gil@example.org", "Gil")


@pytest.fixture
def visit(haircut):
    return town.booked(haircut, GIL, town.at(8, day=1))


@pytest.fixture
def letters(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    return mail.outbox


@pytest.fixture
def browser():
    return Client(enforce_csrf_checks=True)  # what it is sent without any token is no cookie's


def page(appointment, action=""):
    return f"/guest/{links.token(appointment)}/{action}"


def said(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def again(appointment):
    return Appointment.objects.get(pk=appointment.pk)


def test_the_page_shows_the_appointment_and_tells_nobody_where_it_is(browser, visit):
    answer = browser.get(page(visit))
    assert "Haircut" in said(answer)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    for place in re.findall(r'(?:href|src|action)="(https?://[^"]+)"', said(answer)):
        assert links.token(visit) not in place


def test_it_is_cancelled_with_a_reason(browser, visit):
    asked = browser.get(page(visit, "cancel/"))
    assert "Cancel this appointment?" in said(asked)
    answer = browser.post(page(visit, "cancel/"), {"version": 1, "reason": "Ill"})
    assert (answer.status_code, answer.url) == (302, page(visit))
    assert again(visit).status == Status.CANCELLED
    act = Act.objects.get(moves__action="cancel")
    assert (act.via, act.reason, act.actor) == ("link", "Ill", None)


def test_it_is_moved_by_the_same_picker(browser, visit):
    picker = said(browser.get(page(visit, "reschedule/") + "?day=2030-04-03"))
    assert page(visit, "reschedule/") in picker
    chosen = browser.get(page(visit, "reschedule/") + "?at=2030-04-03T10:00:00Z")
    assert "Move to" in said(chosen)
    sent = {"start": "2030-04-03T10:00:00Z", "version": 1}
    assert browser.post(page(visit, "reschedule/"), sent).status_code == 302
    assert again(visit).start == town.at(10, day=2)


def test_what_the_provider_proposes_is_answered(browser, visit, dan):
    rescheduling.reschedule(visit.pk, by=dan, start=town.at(10, day=2), propose=True)
    assert "Accept the new time" in said(browser.get(page(visit)))
    browser.post(page(visit, "accept/"), {"version": 2})
    assert again(visit).start == town.at(10, day=2)


def test_what_is_not_possible_any_more_is_told(browser, visit):
    browser.post(page(visit, "cancel/"), {"version": 1})
    answer = browser.post(page(visit, "cancel/"), {"version": 2}, follow=True)
    assert "That is not possible any more" in said(answer)


def test_a_double_click_cancels_once(browser, visit):
    sent = {"version": 1, "once": "a key"}
    first = browser.post(page(visit, "cancel/"), sent)
    second = browser.post(page(visit, "cancel/"), sent)
    assert (first.url, first.status_code) == (second.url, second.status_code)
    assert Act.objects.filter(moves__action="cancel").count() == 1


def test_the_dates_of_a_series_have_their_own_links(browser, haircut):
    rule = "FREQ=WEEKLY;COUNT=3"
    made = town.book_series(haircut.pk, by=GIL, start=town.at(8, day=1), recurrence=rule)
    first, second, third = made.occurrences.with_people().by_start()
    shown = said(browser.get(page(first)))
    assert page(second) in shown
    assert page(third) in shown
    browser.post(page(second, "cancel/"), {"version": 1, "scope": "following"})
    assert [again(each).status for each in (first, second, third)] == [
        Status.CONFIRMED,
        Status.CANCELLED,
        Status.CANCELLED,
    ]


def test_dependents_are_asked_about(browser, haircut, dan):
    after = town.following(haircut, "Colour", 1, 7)
    first = town.booked(haircut, GIL, town.at(8, day=1))
    second = town.booked(after, GIL, town.at(8, day=3))
    asked = browser.post(page(first, "cancel/"), {"version": 1})
    assert (asked.status_code, "Colour" in said(asked)) == (409, True)
    browser.post(page(first, "cancel/"), {"version": 1, "dependents": "cancel"})
    assert again(second).status == Status.CANCELLED


def test_times_stand_in_the_guests_own_zone(browser, haircut):
    made = town.booked(haircut, GIL._replace(timezone="Asia/Tokyo"), town.at(8, day=1))
    assert "17:00" in said(browser.get(page(made)))


def test_a_dead_link_leads_to_a_new_one(browser, visit, letters):
    dead = browser.get(f"/guest/{visit.pk.hex}.nonsense/")
    assert (dead.status_code, "/guest/" in said(dead)) == (404, True)
    client = Client()
    assert "on its way" in said(client.post("/guest/", {"email": "Gil@example.org"}, follow=True))
    letters.clear()
    working.work()
    [letter] = [each for each in letters if "is your code" in each.subject]
    assert page(visit) in letter.body


def test_every_mail_to_a_guest_has_the_link(visit, dan, letters):
    working.work()
    rescheduling.reschedule(visit.pk, by=dan, start=town.at(10, day=2))
    working.work()
    to_gil = [letter for letter in letters if "gil@example.org" in letter.to[0]]
    assert len(to_gil) == 2
    for letter in to_gil:
        assert page(visit) in letter.body
        assert page(visit) in letter.alternatives[0].content


def test_what_a_provider_made_for_a_guest_has_the_link_too(haircut, dan, letters):
    made = town.booked(haircut, dan, town.at(8, day=1), customer=GIL)
    working.work()
    [letter] = [each for each in letters if "gil@example.org" in each.to[0]]
    assert page(made) in letter.body


def test_a_link_stands_in_no_log(browser, visit, caplog):
    caplog.set_level("INFO")
    browser.get(page(visit))
    browser.get(page(visit, "nothing/"))
    browser.get("/guest/1234.wrong/")
    assert links.token(visit) not in caplog.text

"""A provider books more than once on somebody's behalf: the dates first, then the booking."""

from __future__ import annotations

import html
import re
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from openslot.accounts.models import User
from openslot.appointments.booking import asking
from openslot.appointments.models import Appointment, Series
from tests import town

BOOK = "/provider/book/"
GRETA = {"email": "greta@example.org", "first_name": "Greta"}


def asked(service, **changes):
    fields = {"service": str(service.pk), "date": "2030-04-07", "time": "22:00"}
    return fields | {"repeat": "weekly", "times": "4", "clashes": "skip"} | GRETA | changes


def said(answer):
    return answer.content.decode()


@pytest.fixture
def desk(signed_in, ada):
    return signed_in(ada)


def test_the_dates_are_shown_before_anything_is_booked(desk, massage):
    answer = desk.post(BOOK, asked(massage))
    assert answer.status_code == 200
    page = said(answer)
    for words in ("Greta", "Every week on Sunday at 22:00, 4 times", "Sun 28 Apr 2030", "€200.00"):
        assert words in page
    assert "Book 4 appointments" in page
    assert not Series.objects.exists()


def test_what_was_shown_is_booked_and_confirmed_at_once(desk, massage):
    answer = desk.post(BOOK, asked(massage, step="book", notes="By the week"))
    made = Series.objects.get()
    assert answer.url == f"/series/{made.pk}/"
    found = [(each.status, each.notes) for each in made.occurrences.all()]
    assert found == [("confirmed", "By the week")] * 4
    assert made.customer.name == "Greta"


def test_pressing_twice_books_one_series_for_somebody_new(desk, massage):
    first = desk.post(BOOK, asked(massage, step="book", clashes="shift", once="a key"))
    second = desk.post(BOOK, asked(massage, step="book", clashes="shift", once="a key"))
    assert first.url == second.url
    assert Appointment.objects.count() == 4


def test_a_date_in_the_way_is_left_out_moved_or_stops_all(desk, ada, massage):
    greta = asking.Guest("hal@example.org", "Hal")
    town.booked(massage, ada, town.at(20, day=13), customer=greta)
    page = said(desk.post(BOOK, asked(massage, clashes="skip")))
    assert "Already taken" in page
    assert "Book 3 appointments" in page
    page = said(desk.post(BOOK, asked(massage, clashes="shift")))
    assert "Instead of 22:00 (already taken)" in page
    page = said(desk.post(BOOK, asked(massage, clashes="fail")))
    assert "Nothing is booked while dates clash" in page
    assert 'value="book"' not in page
    answer = desk.post(BOOK, asked(massage, clashes="fail", step="book"))
    assert answer.status_code == 409
    assert "Not every date of the series is free" in said(answer)
    assert not Series.objects.exists()


def test_changing_brings_back_all_that_was_typed(desk, massage):
    page = said(desk.post(BOOK, asked(massage, step="change", notes="By the week")))
    for words in ("Book somebody in", "greta@example.org", "By the week", 'value="4"'):
        assert words in page


def test_dates_of_what_does_not_repeat_are_asked_about(desk, massage):
    answer = desk.post(BOOK, asked(massage, step="dates", repeat=""))
    assert answer.status_code == 422
    assert "Choose how often" in said(answer)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"times": ""}, "Say how many times, or until when"),
        ({"times": "53"}, "less than or equal to 52"),
        ({"until": "2030-03-01"}, "before the start"),
        ({"repeat": "secondly"}, "valid choice"),
        ({"course": "on"}, "A whole course does not repeat"),
        ({"course": "on", "repeat": ""}, "Nothing follows Massage"),
        ({"email": "", "first_name": "", "last_name": ""}, "Choose a customer, or give a name"),
        ({"email": "ada@example.org"}, "You cannot book yourself"),
    ],
)
@pytest.mark.parametrize("step", ["", "dates", "book"])
def test_a_series_that_makes_no_sense_is_said(desk, massage, step, change, words):
    answer = desk.post(BOOK, asked(massage, step=step, **change))
    assert answer.status_code == 422
    assert words in said(answer)
    assert not Appointment.objects.exists()


def test_a_provider_books_a_whole_course(signed_in, dan, consultation, treatment):
    desk = signed_in(dan)
    assert "the whole course" in said(desk.get(BOOK))
    course = asked(consultation, repeat="", course="on")
    page = said(desk.post(BOOK, course))
    for words in ("Consultation", "Treatment", "Book 2 appointments", "in all"):
        assert words in page
    assert not Appointment.objects.exists()
    for _ in range(2):
        answer = desk.post(BOOK, course | {"step": "book", "once": "a key"})
        first, second = Appointment.objects.by_start()
        assert answer.url == f"/appointments/{first.pk}/"
    assert (second.depends_on, second.service) == (first, treatment)


def test_a_provider_without_courses_is_not_asked_about_them(desk, massage):
    assert "the whole course" not in said(desk.get(BOOK))


def test_a_gap_of_the_day_is_booked_at_its_hour_by_a_provider_who_reads_in_another_zone(
    client, ada, massage
):
    User.objects.filter(pk=ada.pk).update(timezone="America/New_York")
    client.force_login(ada)
    day = client.get("/provider/agenda/?on=2030-04-02").content.decode()
    gap = re.search(r'href="(/provider/book/\?at=[^"]+)"', day)
    form = client.get(html.unescape(gap[1])).context["form"]
    starts = datetime.fromisoformat(parse_qs(urlsplit(html.unescape(gap[1])).query)["at"][0])
    berlin = starts.astimezone(ada.provider.zone)
    assert (form.initial["date"], form.initial["time"]) == (berlin.date(), berlin.time())

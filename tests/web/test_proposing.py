"""A provider who asks for another time, and one who sets it: two buttons, two pages."""

import pytest

from openslot.appointments.changing import answers, time_off
from openslot.web.parts import verbs
from tests import town
from tests.web.pages import said

pytestmark = pytest.mark.django_db
START = "2030-04-06T20:15"
ANYWAY = {"anyway": "2030-04-06T18:15:00Z"}  # it is outside the hours


def path(appointment, name):
    return f"/appointments/{appointment.pk}/{name}/"


def test_propose_another_time_asks_the_customer_of_a_request(signed_in, ada, request_of_bob):
    client = signed_in(ada)
    assert path(request_of_bob, "propose") in said(client.get("/provider/requests/"))
    page = said(client.get(path(request_of_bob, "propose")))
    assert '<h1 class="mb-3">Propose another time</h1>' in page
    told = client.post(path(request_of_bob, "propose"), {"start": START, **ANYWAY}, follow=True)
    assert "until then both times are kept" in said(told)
    request_of_bob.refresh_from_db()
    assert request_of_bob.status == "pending"
    assert request_of_bob.start == town.at(8)
    assert request_of_bob.proposed.start == town.at(18, 15, day=5)
    assert request_of_bob.proposed_by == "provider"


def test_it_asks_of_a_confirmed_one_too(signed_in, ada, request_of_bob):
    answers.accept(request_of_bob.pk, by=ada)
    signed_in(ada).post(path(request_of_bob, "propose"), {"start": START, **ANYWAY})
    request_of_bob.refresh_from_db()
    assert request_of_bob.start == town.at(8)
    assert request_of_bob.proposed_by == "provider"


def test_move_and_propose_are_two_buttons_of_the_provider(ada, bob, request_of_bob):
    words = [each["label"] for each in verbs.buttons(request_of_bob, ada, now=town.NOW)]
    assert words.index("Propose another time") + 1 == words.index("Move")
    words = [each["label"] for each in verbs.buttons(request_of_bob, bob, now=town.NOW)]
    assert "Propose another time" not in words


def test_accept_names_the_day_of_the_request_and_not_today(signed_in, ada, massage, bob):
    town.booked(massage, bob, town.at(8, day=3))
    page = said(signed_in(ada).get("/provider/requests/"))
    assert 'Accept<span class="visually-hidden"> Bob Test, Thu 4 Apr</span>' in page


def test_time_off_says_of_proposed_times_alone_that_the_proposal_ends(signed_in, ada, bob, massage):
    town.booked(massage, bob, town.at(8, day=1))
    day = {"start": "2030-04-02", "end": "2030-04-02"}
    page = said(signed_in(ada).post("/provider/time-off/take/", day))
    assert "1 appointment is in this time" in page
    assert "proposal" not in page


@pytest.mark.parametrize(
    ("name", "words"),
    [("propose", "Nothing is proposed yet."), ("reschedule", "Nothing has moved yet.")],
)
def test_a_new_time_against_ones_own_hours_is_said_first(
    signed_in, ada, request_of_bob, name, words
):
    away = {"start": town.at(17, day=5), "end": town.at(22, day=5)}
    time_off.take(ada.provider, by=ada, reason="Theatre", **away)
    answers.accept(request_of_bob.pk, by=ada)
    client, form = signed_in(ada), {"start": START}
    page = client.post(path(request_of_bob, name), form)
    assert page.status_code == 409
    assert "This time is outside your hours." in said(page)
    assert "You are away then: Theatre." in said(page)
    assert words in said(page)
    request_of_bob.refresh_from_db()
    assert request_of_bob.proposed is None
    assert request_of_bob.start == town.at(8)
    other = form | {"start": "2030-04-06T21:15", **ANYWAY}
    assert client.post(path(request_of_bob, name), other).status_code == 409  # not warned of that
    assert client.post(path(request_of_bob, name), form | ANYWAY).status_code == 302
    request_of_bob.refresh_from_db()
    meant = request_of_bob.proposed or request_of_bob.span
    assert meant.start == town.at(18, 15, day=5)


def test_a_customer_hears_nothing_of_it(signed_in, bob, request_of_bob):
    page = signed_in(bob).post(path(request_of_bob, "reschedule"), {"start": START})
    assert page.status_code != 500
    assert "This time is outside" not in said(page)

"""A provider who asks for another time, and one who sets it: two buttons, two pages."""

import pytest

from openslot.appointments.changing import answers
from openslot.web.parts import verbs
from tests import town
from tests.web.pages import said

pytestmark = pytest.mark.django_db
START = "2030-04-06T20:15"


def path(appointment, name):
    return f"/appointments/{appointment.pk}/{name}/"


def test_propose_another_time_asks_the_customer_of_a_request(signed_in, ada, request_of_bob):
    client = signed_in(ada)
    assert path(request_of_bob, "propose") in said(client.get("/provider/requests/"))
    page = said(client.get(path(request_of_bob, "propose")))
    assert '<h1 class="mb-3">Propose another time</h1>' in page
    told = client.post(path(request_of_bob, "propose"), {"start": START}, follow=True)
    assert "until then both times are kept" in said(told)
    request_of_bob.refresh_from_db()
    assert request_of_bob.status == "pending"
    assert request_of_bob.start == town.at(8)
    assert request_of_bob.proposed.start == town.at(18, 15, day=5)
    assert request_of_bob.proposed_by == "provider"


def test_it_asks_of_a_confirmed_one_too(signed_in, ada, request_of_bob):
    answers.accept(request_of_bob.pk, by=ada)
    signed_in(ada).post(path(request_of_bob, "propose"), {"start": START})
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

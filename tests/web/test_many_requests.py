"""Many requests answered at once on the list."""

import re

import pytest

from openslot.appointments.changing import rescheduling
from openslot.appointments.models import Act, Appointment
from tests import town
from tests.town import at
from tests.web.pages import said

pytestmark = pytest.mark.django_db
LIST, ANSWER = "/provider/requests/", "/provider/requests/answer/"


@pytest.fixture
def three(massage, bob, carol):
    """Bob asks twice, Carol once."""
    return [
        town.booked(massage, bob, at(8, day=1)),
        town.booked(massage, carol, at(10, day=1)),
        town.booked(massage, bob, at(8, day=2)),
    ]


@pytest.fixture
def desk(signed_in, ada):
    return signed_in(ada)


def ticked(*items):
    return [f"{item.pk}_{item.version}" for item in items]


def answer(desk, action, *items, **more):
    sent = {"action": action, "chosen": ticked(*items)} | more
    return said(desk.post(ANSWER, sent, follow=True))


def statuses():
    return list(Appointment.objects.order_by("start").values_list("status", flat=True))


def test_those_that_are_ticked_are_accepted_and_the_others_wait(desk, three):
    page = answer(desk, "accept", *three[:2])
    assert "2 accepted. Each customer gets a mail." in page
    assert statuses() == ["confirmed", "confirmed", "pending"]
    assert Act.objects.filter(moves__to_status="confirmed").distinct().count() == 2


def test_all_are_declined_with_a_reason(desk, three):
    assert "3 declined." in answer(desk, "decline", *three, reason="I am away")
    assert statuses() == ["declined"] * 3
    assert {item.moves.last().act.reason for item in three} == {"I am away"}


def test_nothing_ticked_asks_for_something(desk, three):
    assert "Tick the requests that you mean." in answer(desk, "accept")
    assert statuses() == ["pending"] * 3


@pytest.mark.parametrize(
    "sent", [{"chosen": "x"}, {"chosen": f"{town.NOBODY}_x"}, {"action": "cancel"}, {"chosen": "_"}]
)
def test_nonsense_answers_nothing(desk, three, sent):
    desk.post(ANSWER, {"action": "accept", "chosen": ticked(three[0])} | sent)
    assert statuses() == ["pending"] * 3


def test_one_that_was_changed_meanwhile_stays_and_the_others_are_answered(desk, three, bob):
    seen = ticked(*three)
    rescheduling.reschedule(three[0].pk, by=bob, start=at(12, day=1))
    page = said(desk.post(ANSWER, {"action": "accept", "chosen": seen}, follow=True))
    assert "2 accepted." in page
    assert "Bob Test: It was changed in the meantime" in page
    assert sorted(statuses()) == ["confirmed", "confirmed", "pending"]


def test_a_series_is_answered_whole(desk, massage, bob, ada):
    made = town.book_series(
        massage.pk, by=bob, start=at(8, day=1), recurrence="FREQ=WEEKLY;COUNT=3"
    )
    first = made.occurrences.order_by("start")[0]
    assert "1 accepted." in answer(desk, "accept", first)
    assert statuses() == ["confirmed"] * 3


def test_another_providers_requests_are_not_answered(signed_in, dan, three):
    assert "None of them waits any more." in answer(signed_in(dan), "accept", *three)
    assert statuses() == ["pending"] * 3


def test_the_same_form_sent_twice_answers_once(desk, three):
    page = desk.get(LIST).content.decode()
    form = page[page.index('id="several"') :]
    key = re.search(r'name="once" value="([^"]+)"', form)[1]
    for _ in range(2):
        assert "2 accepted." in answer(desk, "accept", *three[:2], once=key)
    assert Act.objects.filter(moves__to_status="confirmed").distinct().count() == 2


def test_all_of_a_page_can_be_ticked_without_a_script(desk, three):
    page = said(desk.get(LIST))
    assert "Tick all 3" in page
    assert page.count(" checked>") == 0
    assert said(desk.get(f"{LIST}?page=1&all=yes")).count(" checked>") == 3


def test_one_request_alone_has_nothing_to_tick(desk, massage, bob):
    town.booked(massage, bob, at(8, day=1))
    assert "Tick" not in said(desk.get(LIST))

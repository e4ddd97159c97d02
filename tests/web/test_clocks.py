"""What a provider is shown and asked when their zone has new rules."""

from datetime import timedelta

import pytest

from openslot.appointments.models import Appointment
from openslot.notifications import deliver
from openslot.notifications.models import Delivery
from tests import town
from tests.town import at
from tests.web.pages import said

pytestmark = pytest.mark.django_db
PAGE, ANSWER = "/provider/clocks/", "/provider/clocks/answer/"


@pytest.fixture
def two(massage, bob, carol):
    """Of Bob and Carol, back to back, both an hour before what was agreed."""
    made = [town.booked(massage, bob, at(8, day=1)), town.booked(massage, carol, at(9, day=1))]
    for each in made:
        beside = Appointment.objects.filter(pk=each.pk)
        beside.update(clock_start=each.start + timedelta(hours=1))
    return made


@pytest.fixture
def desk(signed_in, ada):
    return signed_in(ada)


def answer(desk, how, /, *items, **more):
    sent = {"how": how, "chosen": [f"{item.pk}_{item.version}" for item in items]} | more
    return said(desk.post(ANSWER, sent, follow=True))


def test_each_is_shown_with_what_was_agreed_and_where_it_stands(desk, two):
    page = said(desk.get(PAGE))
    assert "Bob Test" in page
    assert "Agreed for Tue 2 Apr, 11:00" in page
    assert "Stands at Tue 2 Apr, 10:00" in page
    assert page.count('name="chosen"') == 2


def test_home_says_so_and_leads_there(desk, two):
    page = said(desk.get("/"))
    assert "2 appointments would begin at another time of day than was agreed." in page
    assert f'href="{PAGE}"' in page


def test_without_any_there_is_nothing_to_answer(desk):
    assert "Nothing to answer" in said(desk.get(PAGE))
    assert "time zone has new rules" not in said(desk.get("/"))


def test_all_are_moved_at_once(desk, two):
    assert "2 are moved. Each customer gets a mail." in answer(desk, "move", *two)
    starts = Appointment.objects.order_by("start").values_list("start", flat=True)
    assert list(starts) == [at(9, day=1), at(10, day=1)]
    assert "Nothing to answer" in said(desk.get(PAGE))


def test_who_cannot_be_moved_is_named(desk, two):
    page = answer(desk, "move", two[0])
    assert "Nothing was changed. Something else stands in the way of: Bob Test." in page


def test_customers_are_asked_or_left(desk, two):
    assert "One customer is asked." in answer(desk, "ask", two[1])
    assert "One stays as it stands." in answer(desk, "keep", two[0])
    assert not Appointment.objects.filter(clock_start__isnull=False).exists()


def test_what_was_answered_is_not_answered_again(desk, two):
    answer(desk, "keep", *two)
    assert "None of them waits any more" in answer(desk, "move", *two)


@pytest.mark.parametrize("more", [{"chosen": "x"}, {"how": "cancel"}, {"chosen": []}])
def test_nonsense_answers_nothing(desk, two, more):
    answer(desk, "move", *two, **more)
    assert Appointment.objects.filter(clock_start__isnull=False).count() == 2


def test_the_same_press_twice_does_it_once(desk, two):
    key = {"once": "7f9c3a2e-0d8b-4e3c-9f6a-2b1d5c4e8f70"}
    first = answer(desk, "move", *two, **key)
    again = answer(desk, "move", *two, **key)
    assert "2 are moved." in first
    assert "2 are moved." in again
    assert Appointment.objects.order_by("start").first().sequence == 1


def test_another_provider_sees_and_moves_none(signed_in, dan, two):
    desk = signed_in(dan)
    assert "Bob Test" not in said(desk.get(PAGE))
    assert "None of them waits any more" in answer(desk, "move", *two)


def test_a_notice_leads_to_the_page(desk, ada, two, settings):
    deliver.tell_of_clocks(ada, cause=two[0].pk)
    notice = Delivery.objects.get(user=ada, channel="in_app", action="clocks_changed")
    page = said(desk.get("/notifications/"))
    assert "Your time zone has new rules" in page
    assert "and 1 more" in page
    assert desk.post(f"/notifications/{notice.pk}/").headers["Location"] == PAGE

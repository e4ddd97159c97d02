"""A provider's home: the day at a glance."""

import pytest

from openslot.accounts.models import Provider
from openslot.appointments.changing import answers, time_off
from openslot.appointments.models import Appointment
from openslot.availability.models import Busy, WorkingHours
from tests import town
from tests.town import at
from tests.web.pages import said

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(signed_in, ada):
    client = signed_in(ada)
    return lambda: client.get("/")


def test_the_day_names_what_is_booked_and_what_is_free(home, massage, bob):
    town.booked(massage, bob, at(8))
    page = said(home())
    assert "1 appointment, 1 to come · 7 h free" in page
    assert "6 h free" in page  # from 11:00
    assert "Bob Test" in page
    assert "Monday 1 April" in page


def test_it_says_what_is_on_now_and_what_comes_next(home, massage, bob, carol, clock):
    town.booked(massage, bob, at(8))
    town.booked(massage, carol, at(10))
    clock.move_to(at(8, 30))
    page = home()
    assert [item.customer_name for item in page.context["current"]] == ["Bob Test"]
    assert page.context["next"].customer_name == "Carol Test"
    assert "Now and next" in said(page)
    assert "Until 11:00" in said(page)


def test_what_comes_next_may_be_on_another_day(home, massage, bob):
    town.booked(massage, bob, at(8, day=3))
    page = said(home())
    assert "nothing booked" in page
    assert "Thursday 4 April, 10:00" in page


def test_a_declined_appointment_is_not_next(home, massage, bob, ada):
    answers.decline(town.booked(massage, bob, at(8)).pk, by=ada)
    page = home()
    assert page.context["next"] is None
    assert "Nothing is booked after now." in said(page)


def test_requests_are_one_line_that_says_when_the_first_expires(home, massage, bob, carol):
    town.booked(massage, bob, at(8, day=1))
    page = said(home())
    assert "One request waits for your answer. It expires" in page
    assert 'href="/provider/requests/"' in page
    town.booked(massage, carol, at(10, day=1))
    assert "2 requests wait for your answer. The first expires" in said(home())


def test_an_appointment_in_time_off_is_worth_a_look(home, massage, bob, ada):
    booked = town.booked(massage, bob, at(8, day=1))
    assert "Worth a look" not in said(home())
    time_off.take(ada.provider, by=ada, start=at(7, day=1), end=at(9, day=1), conflicts="keep")
    page = said(home())
    assert "Worth a look" in page
    assert "It lies in your time off" in page
    assert f"/appointments/{booked.pk}/" in page


def test_one_that_meets_something_elsewhere_or_lost_its_first_visit_is_worth_a_look(
    home, massage, bob, carol, ada
):
    town.booked(massage, bob, at(8, day=1))
    town.booked(massage, carol, at(12, day=1))
    Busy.objects.create(
        provider=ada.provider, source="x", key="1", start=at(8, 30, day=1), end=at(9, day=1)
    )
    Appointment.objects.filter(start=at(12, day=1)).update(needs_attention=True)
    found = home().context["conflicts"]
    assert [(each.away, each.busy, each.detached) for each in found] == [
        (False, True, False),
        (False, False, True),
    ]


def test_what_only_touches_time_off_is_no_conflict(home, massage, bob, ada, clock):
    town.booked(massage, bob, at(8, day=1))
    time_off.take(ada.provider, by=ada, start=at(9, day=1), end=at(10, day=1), conflicts="keep")
    assert home().context["conflicts"] == []
    time_off.take(ada.provider, by=ada, start=at(7, day=1), end=at(9, day=1), conflicts="keep")
    clock.move_to(at(9, day=1))
    assert home().context["conflicts"] == []  # over


def test_what_others_have_booked_with_others_is_not_there(home, haircut, massage, bob, ada):
    town.booked(haircut, bob, at(9))
    page = said(home())
    assert "Bob Test" not in page
    town.booked(haircut, ada, at(12))
    assert "Booked by you elsewhere" in said(home())


def test_a_provider_without_a_picture_wears_that_of_the_practice(home, ada):
    assert "<img" not in said(home())
    Provider.objects.filter(pk=ada.provider.pk).update(photo="photos/providers/ada.webp")
    page = said(home())
    assert page.count("photos/providers/ada.webp") == 2  # beside the greeting, in the sidebar
    assert "Hello, Ada" in page


def test_a_day_without_hours_and_one_that_is_over_say_so(home, clock):
    clock.move_to(at(20))
    assert "your hours are over" in said(home())
    WorkingHours.objects.all().delete()
    assert "You are closed today" in said(home())


def test_home_costs_the_same_however_full_the_day(
    signed_in, ada, massage, bob, django_assert_num_queries
):
    client = signed_in(ada)
    for hour in range(7, 15):
        town.booked(massage, bob, at(hour))
        Busy.objects.create(
            provider=ada.provider, source="x", key=hour, start=at(hour), end=at(hour, 5)
        )
        if hour in {7, 14}:
            # session, user, provider, the day (hours, time off, busy, appointments), conflicts,
            # the next after today where none is left, first to expire, calendar, booked
            # elsewhere, requests, those beside their clock
            with django_assert_num_queries(13):
                client.get("/")

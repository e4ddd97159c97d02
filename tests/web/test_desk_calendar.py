"""A provider's requests and calendar."""

import uuid

import pytest

from openslot.accounts.models import User
from openslot.appointments.booking import asking
from openslot.appointments.changing import answers, rescheduling
from openslot.appointments.models import Appointment
from tests import town
from tests.town import at

pytestmark = pytest.mark.django_db

DESK = (
    "requests",
    "agenda",
    "services",
    "services/new",
    "hours",
    "time-off",
    "time-off/take",
    "profile",
    "customers",
    "book",
)


def signed_in(client, user):
    client.force_login(user)
    return client


@pytest.fixture
def desk(client, ada):
    """A browser in which Ada is signed in."""
    return signed_in(client, ada)


@pytest.fixture
def request_(massage, bob):
    """Bob asks Ada for Tuesday at ten (Berlin)."""
    return town.booked(massage, bob, at(8, day=1), notes="My left shoulder")


@pytest.mark.parametrize("page", DESK)
def test_a_page_of_the_desk_opens_for_a_provider_without_anything(desk, page):
    assert desk.get(f"/provider/{page}/").status_code == 200


@pytest.mark.parametrize("page", DESK)
def test_who_offers_no_time_is_led_to_where_that_begins(client, bob, page):
    answer = signed_in(client, bob).get(f"/provider/{page}/")
    assert answer.status_code == 302
    assert answer["Location"] == "/provider/new/"


@pytest.mark.parametrize("page", DESK)
def test_who_is_not_signed_in_signs_in_first(client, db, page):
    answer = client.get(f"/provider/{page}/")
    assert answer["Location"] == f"/accounts/login/?next=/provider/{page}/"


def test_a_request_shows_who_what_when_and_until_when_it_waits(desk, request_):
    page = desk.get("/provider/requests/").content.decode()
    for words in ("Bob Test", "Massage", "10:00", "My left shoulder", "€50.00", "Expires: "):
        assert words in page


def test_a_request_is_accepted_without_javascript(desk, request_):
    answer = desk.post(f"/provider/requests/{request_.pk}/accept/", follow=True)
    assert answer.redirect_chain == [("/provider/requests/", 302)]
    assert "Accepted. Bob Test gets a mail." in answer.content.decode()
    assert Appointment.objects.get().status == "confirmed"


def test_htmx_gets_the_answered_request_in_place_and_a_toast(desk, request_):
    url = f"/provider/requests/{request_.pk}/accept/"
    answer = desk.post(url, headers={"HX-Request": "true"})
    body = answer.content.decode()
    assert body.lstrip().startswith("<article")
    assert f'id="request-{request_.pk}"' in body
    assert "Confirmed" in body
    assert "Accepted" in answer["HX-Trigger"]


def test_a_request_is_declined_with_a_reason(desk, request_):
    desk.post(f"/provider/requests/{request_.pk}/decline/", {"reason": "Away"})
    declined = Appointment.objects.get()
    assert declined.status == "declined"
    assert declined.moves.last().act.reason == "Away"


def test_a_reason_that_is_too_long_answers_nothing(desk, request_):
    url = f"/provider/requests/{request_.pk}/decline/"
    page = desk.post(url, {"reason": "x" * 501}, follow=True).content.decode()
    assert "at most 500 characters" in page
    assert Appointment.objects.get().status == "pending"


def test_a_request_that_was_changed_meanwhile_is_not_answered(desk, request_, bob):
    rescheduling.reschedule(request_.pk, by=bob, start=at(9, day=1))
    url = f"/provider/requests/{request_.pk}/accept/"
    page = desk.post(url, {"version": "1"}, follow=True).content.decode()
    assert "changed in the meantime" in page
    assert Appointment.objects.get().status == "pending"


def test_a_request_answered_twice_says_where_it_stands(desk, request_):
    url = f"/provider/requests/{request_.pk}/accept/"
    desk.post(url)
    answer = desk.post(url, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "Confirmed" in answer.content.decode()


def test_another_providers_request_is_not_there(client, dan, request_):
    browser = signed_in(client, dan)
    assert browser.post(f"/provider/requests/{request_.pk}/accept/").status_code == 404
    assert browser.post(f"/provider/requests/{uuid.uuid4()}/accept/").status_code == 404
    assert Appointment.objects.get().status == "pending"


def test_a_customers_proposal_waits_among_the_requests(desk, request_, ada, bob):
    answers.accept(request_.pk, by=ada)
    rescheduling.reschedule(request_.pk, by=bob, start=at(12, day=2))
    page = desk.get("/provider/requests/").content.decode()
    assert "New time" in page
    assert "instead of" in page


def test_ones_own_proposal_does_not_wait_for_oneself(desk, request_, ada):
    rescheduling.reschedule(request_.pk, by=ada, start=at(12, day=2), propose=True)
    assert "Nothing to answer" in desk.get("/provider/requests/").content.decode()


def test_an_expired_request_waits_no_more(desk, request_, clock):
    clock.move_to(request_.expires_at)
    assert "Nothing to answer" in desk.get("/provider/requests/").content.decode()


def test_requests_come_in_pages(desk, massage, bob):
    for day in range(3):
        for hour in range(7, 15):
            town.booked(massage, bob, at(hour, day=day + 1))
    first = desk.get("/provider/requests/").content.decode()
    second = desk.get("/provider/requests/?page=2").content.decode()
    assert (first.count("<article"), second.count("<article")) == (20, 4)
    assert desk.get("/provider/requests/?page=nonsense").status_code == 200


def test_the_day_names_its_gaps(desk, massage, ada, bob):
    town.booked(massage, ada, at(8, day=1), customer=_guest(bob))
    page = desk.get("/provider/agenda/?on=2030-04-02").content.decode()
    assert "1 h free" in page  # 9 to 10
    assert "6 h free" in page  # 11 to 17
    assert "Bob Test" in page
    assert "/provider/book/?at=2030-04-02T07%3A00%3A00Z" in page


def test_a_gap_leaves_the_buffers_out(desk, ada, bob):
    careful = town.service(ada.provider, buffer_before_minutes=15, buffer_after_minutes=30)
    town.booked(careful, ada, at(8, day=1), customer=_guest(bob))
    page = desk.get("/provider/agenda/?on=2030-04-02").content.decode()
    assert "45 min free" in page
    assert "5 h 30 min free" in page


def test_the_week_shows_every_day(desk, massage, ada, bob):
    town.booked(massage, ada, at(8, day=1), customer=_guest(bob))
    page = desk.get("/provider/agenda/?view=week&on=2030-04-03").content.decode()
    assert page.count('class="column-head"') == 7
    assert "Bob Test" in page


def test_called_off_appointments_are_told_quietly(desk, request_, ada):
    answers.decline(request_.pk, by=ada)
    page = desk.get("/provider/agenda/?on=2030-04-02").content.decode()
    assert "1 called off" in page


def test_times_are_in_the_readers_zone_and_the_other_is_named(desk, massage, ada, bob):
    town.booked(massage, ada, at(8, day=1), customer=_guest(bob))
    User.objects.filter(pk=ada.pk).update(timezone="America/New_York")
    page = desk.get("/provider/agenda/?on=2030-04-02").content.decode()
    assert "Times in America/New_York" in page
    assert "Europe/Berlin" in page
    assert "04:00" in page


@pytest.mark.parametrize(
    "query",
    ["on=nonsense", "on=9999-12-31", "on=0001-01-01", "view=year", "on=2199-12-31&view=week"],
)
def test_nonsense_in_the_address_shows_a_day_all_the_same(desk, query):
    assert desk.get(f"/provider/agenda/?{query}").status_code == 200


@pytest.mark.parametrize("count", [1, 6])
def test_the_requests_take_the_same_queries_however_many(
    desk, massage, bob, count, django_assert_num_queries
):
    for hour in range(count):
        town.booked(massage, bob, at(7 + hour, day=1))
    with django_assert_num_queries(6):  # session, user, provider, count, requests, the badge
        desk.get("/provider/requests/")


@pytest.mark.parametrize("count", [1, 6])
def test_the_week_takes_the_same_queries_however_full(
    desk, massage, ada, count, django_assert_num_queries
):
    guest = asking.Guest("greta@example.org", "Greta")
    for hour in range(count):
        town.booked(massage, ada, at(7 + hour, day=1), customer=guest)
    # session, user, provider, requests, hours, time off, busy, appointments, the badge
    with django_assert_num_queries(9):
        desk.get("/provider/agenda/?view=week")


def _guest(user):
    return asking.Guest(user.email, user.first_name, user.last_name)

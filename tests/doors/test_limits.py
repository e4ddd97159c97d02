"""A person has one count, by whichever door they come; beyond it both say 429 and until when."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from openslot.accounts.models import Provider, User
from openslot.appointments.guests import firsts
from openslot.appointments.models import Appointment
from tests import town
from tests.api.calling import Caller, done, problem

pytestmark = pytest.mark.django_db

BOOK = "/provider/book/"


@pytest.fixture
def rates(settings):
    def limit(**rates):
        default = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
        changed = {"DEFAULT_THROTTLE_RATES": default | rates}
        settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | changed

    return limit


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def asked(service, hour, n=0):
    return {
        "service": str(service.pk),
        "date": "2030-04-02",
        "time": f"{hour:02}:00",
        "email": f"new{n}@example.org",
        "first_name": "New",
    }


def too_often(answer):
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 24 * 3600
    return True


def test_bookings_by_the_page_and_by_the_api_are_one_count(rates, ada, massage):
    rates(booking="2/min")
    desk = browser(ada)
    assert desk.post(BOOK, asked(massage, 9)).status_code == 302
    problem(Caller(ada).post("appointments/", {}), 400, "invalid")
    answer = desk.post(BOOK, asked(massage, 11))
    assert too_often(answer)
    assert "Too often" in answer.content.decode()
    problem(Caller(ada).post("appointments/", {}), 429, "throttled")
    assert Appointment.objects.count() == 1
    assert desk.get(BOOK).status_code == 200  # looking is no booking


@pytest.mark.parametrize("name", ["book", "book_several"])
def test_customers_pages_count_too(name, rates, bob, massage):
    rates(booking="1/min")
    page = reverse(name, args=[massage.provider.slug, massage.pk])
    client = browser(bob)
    assert client.post(page, {}).status_code != 429
    assert too_often(client.post(page, {}))


@pytest.mark.parametrize(("page", "scope"), [("signup", "signup"), ("login", "token")])
def test_signing_up_and_in_count_for_the_network_by_both_doors(page, scope, rates, people):
    rates(**{scope: "1/min"})
    problem(Caller().post(f"{scope}/", {}), 400, "invalid")
    assert too_often(Client().post(f"/accounts/{page}/", {}))
    problem(Caller().post(f"{scope}/", {}), 429, "throttled")


def test_every_page_that_is_sent_counts_for_the_broad_limit(rates, ada, bob):
    rates(broad="1/min")
    page = reverse("notification_preferences")
    assert browser(ada).post(page, {}).status_code != 429
    assert too_often(browser(ada).post(page, {}))
    assert browser(bob).post(page, {}).status_code != 429


def test_where_allauth_says_too_often_it_says_until_when(settings, people):
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1/m/ip"}
    for _ in range(2):
        answer = Client().post("/accounts/password/reset/", {"email": "bob@example.org"})
    assert too_often(answer)


@pytest.mark.parametrize("door", ["api", "page"])
def test_the_51st_stranger_is_refused_by_both_doors_and_nothing_is_written(
    door, ada, massage, monkeypatch
):
    monkeypatch.setattr(firsts, "MOST", 2)
    guests = [asked(massage, 9 + n, n) for n in range(3)]
    for guest in guests[:2]:
        assert browser(ada).post(BOOK, guest).status_code == 302
    if door == "page":
        answer = browser(ada).post(BOOK, guests[2])
        assert "never booked with you" in answer.content.decode()
    else:
        body = {"service": str(massage.pk), "start": "2030-04-02T15:00:00Z"}
        whom = {"first_name": "New", "email": "new9@example.org"}
        answer = Caller(ada).post("appointments/", body | {"customer": whom})
        problem(answer, 429, "throttled")
    assert too_often(answer)
    assert (Appointment.objects.count(), ada.provider.customers.count()) == (2, 2)


@pytest.mark.parametrize("door", ["api", "page"])
def test_who_offers_time_has_shown_an_address_where_that_is_asked_for(door, bob, settings):
    settings.EMAIL_VERIFICATION = "mandatory"
    EmailAddress.objects.filter(user=bob).update(verified=False)
    offer = {"name": "Bob's", "timezone": "Europe/Berlin"}
    if door == "api":
        said = problem(Caller(bob).post("provider/", offer), 403, "not_allowed")
        assert "Confirm your e-mail address" in said["detail"]
    else:
        answer = browser(bob).post(reverse("become_provider"), offer | {"location_kind": "video"})
        assert "Confirm your e-mail address" in answer.content.decode()
        assert reverse("account_email") in answer.content.decode()
    assert not Provider.objects.exists()
    EmailAddress.objects.filter(user=bob).update(verified=True)
    bob = User.objects.get(pk=bob.pk)
    done(Caller(bob).post("provider/", offer), 201)


def test_an_invitation_is_accepted_by_both_doors(ada, massage, bob):
    def invite(hour):
        body = {"service": str(massage.pk), "start": f"2030-04-02T{hour:02}:00:00Z"}
        whom = {"first_name": "Bobby", "email": bob.email}
        return done(Caller(ada).post("appointments/", body | {"customer": whom}), 201)

    made = invite(9)
    assert made["customer"]["name"] == "Bobby"
    assert done(Caller(bob).get("appointments/"))["results"] == []
    [known] = done(Caller(ada).get("provider/customers/"))["results"]
    assert (known["name"], known["phone"]) == ("Bobby", "")
    page = reverse("invitation", args=[made["id"]])
    client = browser(bob)
    assert page in client.get("/appointments/").content.decode()
    assert client.get(f"/appointments/{made['id']}/").url == page
    assert "Is this yours?" in client.get(page).content.decode()
    assert browser(town.person("Mallory")).get(page).status_code == 404
    assert client.post(page).url == f"/appointments/{made['id']}/"
    shown = done(Caller(bob).get(f"appointments/{made['id']}/"))
    assert shown["customer"]["name"] == "Bob Test"
    assert client.get(page).url == f"/appointments/{made['id']}/"
    ada.provider.customers.update(user=None, email=bob.email)
    other = invite(12)
    taken = done(Caller(bob).post(f"appointments/{other['id']}/accept/", {}))
    assert taken["customer"]["name"] == "Bob Test"

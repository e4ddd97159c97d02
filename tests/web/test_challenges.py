"""The small task on the pages of whoever has no account; without scripts digits by mail instead."""

from __future__ import annotations

import re

import altcha
import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from openslot.accounts import people
from openslot.accounts.models import AddressCode, User
from openslot.accounts.signing import challenges, codes
from openslot.appointments.models import Appointment
from tests.web.pages import TEN, address

pytestmark = pytest.mark.django_db

GIL = {"name": "Gil Guest", "email": "gil@example.org"}
NEW = {"first_name": "Nell", "email": "nell@example.org", "password1": "a long and odd pass-phrase"}
DRAWN = {"challenge_asked": "1"}
TASK = "altcha-widget"


@pytest.fixture(autouse=True)
def asked(settings):
    settings.CHALLENGE = "on"


@pytest.fixture
def limited(settings):
    """`limited("unsolved", "1/hour")`."""

    def allow(name, rate):
        rates = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] | {name: rate}
        settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates}

    return allow


def solved():
    given = altcha.Challenge.from_dict(challenges.given())
    found = altcha.solve_challenge(given)
    assert found is not None
    return DRAWN | {"challenge": altcha.Payload(given, found).to_base64()}


def book(client, service, at=TEN, **fields):
    return client.post(f"/p/{service.provider.slug}/{service.pk}/book/", {"at": at} | GIL | fields)


def in_frame(client, service, **fields):
    path = reverse("embed_book", args=[service.provider.slug, service.pk])
    return client.post(path, {"at": TEN, "once": "k"} | GIL | fields)


def said(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def digits(email):
    return codes.digits(AddressCode.objects.get(email=email))


def test_pages_have_the_task_and_its_script_only_where_it_is_asked(client, massage, settings):
    pages = [address(massage), reverse("account_signup"), reverse("guest_links")]
    pages.append(reverse("embed_book", args=[massage.provider.slug, massage.pk]) + f"?at={TEN}")
    for page in pages:
        shown = said(client.get(page))
        assert TASK in shown, page
        assert "build/challenge.js" in shown, page
    settings.CHALLENGE = "off"
    for page in pages:
        shown = said(client.get(page))
        assert TASK not in shown, page
        assert "challenge" not in shown, page


def test_a_solved_task_books_and_a_second_press_is_the_same(client, massage):
    sent = solved() | {"once": "k"}
    first = book(client, massage, **sent)
    assert (first.status_code, book(client, massage, **sent).url) == (302, first.url)
    assert Appointment.objects.count() == 1


def test_a_solution_books_no_second_time(client, massage):
    sent = solved()
    book(client, massage, **sent)
    again = book(client, massage, at="2030-04-02T12:00:00+02:00", **sent | {"once": "k"})
    assert again.status_code == 200
    assert "Six digits are on their way" in said(again)
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize("door", [book, in_frame], ids=["page", "frame"])
def test_without_scripts_digits_come_by_mail_instead(client, massage, door):
    asking = door(client, massage, **DRAWN)
    assert 'name="code"' in said(asking)
    wrong = door(client, massage, code="000000x", **DRAWN)
    assert "five tries" in said(wrong)
    done = door(client, massage, code=digits(GIL["email"]), **DRAWN)
    assert done.status_code == 302
    assert Appointment.objects.get().customer_name == "Gil Guest"


def test_empty_digits_are_no_way_round_the_task(client, massage):
    assert "five tries" in said(book(client, massage, code="", **DRAWN))
    assert not Appointment.objects.exists()


def test_a_form_that_was_drawn_before_it_was_asked_is_drawn_again_with_the_task(client, massage):
    again = book(client, massage)
    assert again.status_code == 422
    assert "Press the button again" in said(again)
    assert TASK in said(again)
    assert not AddressCode.objects.exists()


def test_few_mails_go_to_whoever_solves_nothing(client, massage, limited):
    limited("unsolved", "1/hour")
    book(client, massage, **DRAWN)
    refused = book(client, massage, email="gus@example.org", **DRAWN)
    assert refused.status_code == 429
    assert not AddressCode.objects.filter(email="gus@example.org").exists()
    assert book(client, massage, email="gus@example.org", **solved()).status_code == 302


def test_with_digits_for_everybody_a_solved_task_is_asked_once(client, massage, settings):
    settings.GUEST_VERIFICATION = "code"
    assert 'name="code"' in said(book(client, massage, **solved()))
    assert book(client, massage, code=digits(GIL["email"])).status_code == 302


def test_signing_up_with_a_solved_task(client):
    client.post(reverse("account_signup"), NEW | solved())
    assert EmailAddress.objects.get(email=NEW["email"]).verified is False


def test_signing_up_without_scripts_shows_the_address_by_digits(client):
    asking = client.post(reverse("account_signup"), NEW | DRAWN)
    assert "Six digits are on their way" in said(asking)
    assert 'name="code"' in said(asking)
    wrong = client.post(reverse("account_signup"), NEW | DRAWN | {"code": "000000x"})
    assert "five tries" in said(wrong)
    assert not User.objects.filter(email=NEW["email"]).exists()
    client.post(reverse("account_signup"), NEW | DRAWN | {"code": digits(NEW["email"])})
    assert EmailAddress.objects.get(email=NEW["email"]).verified is True


def test_nobody_signs_up_with_neither(client):
    again = client.post(reverse("account_signup"), NEW)
    assert "Press the button again" in said(again)
    assert not User.objects.filter(email=NEW["email"]).exists()


def test_lost_links_are_mailed_in_small_numbers_without_the_task(client, limited):
    limited("unsolved", "1/hour")
    page = reverse("guest_links")
    assert client.post(page, {"email": "gil@example.org"}).status_code == 422
    assert client.post(page, {"email": "gil@example.org"} | DRAWN).status_code == 302
    assert client.post(page, {"email": "gus@example.org"} | DRAWN).status_code == 429
    assert client.post(page, {"email": "gus@example.org"} | solved()).status_code == 302


def test_the_task_is_asked_of_a_busy_network_alone(client, massage, settings, limited):
    settings.CHALLENGE = "auto"
    limited("unchallenged", "1/hour")
    assert TASK not in said(client.get(address(massage)))
    assert book(client, massage).status_code == 302
    assert TASK in said(client.get(address(massage)))
    assert TASK not in said(client.get(address(massage), REMOTE_ADDR="198.51.100.7"))


def test_somebody_signed_in_is_not_asked(client, massage, bob):
    client.force_login(bob)
    assert TASK not in said(client.get(address(massage)))
    assert client.post(f"/p/ada/{massage.pk}/book/", {"at": TEN}).status_code == 302


def test_the_frame_of_a_site_needs_no_cookie_for_it(client, massage):
    people.change_provider(massage.provider, embed_sites=["https://ada.example"])
    answer = in_frame(client, massage, **solved())
    assert answer.status_code == 302
    assert not client.cookies

"""Which language a page or an answer is in, and that no cache hands one out for another."""

from __future__ import annotations

import re

import pytest

from openslot.accounts.models import User
from openslot.appointments.models import Appointment
from openslot.kernel.wording import clocks, languages
from tests.api.calling import Caller

pytestmark = pytest.mark.django_db

ASKING = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}
GERMAN = {"HTTP_ACCEPT_LANGUAGE": ASKING["Accept-Language"]}
SPOKEN = {
    "de": "de",
    "de-AT": "de",
    "DE-at": "de",
    "en-GB": "en",
    "fr": "",
    "": "",
    "*": "",
    "x" * 600: "",
}
ASKED = {
    "de": "de",
    "fr, de;q=0.3": "de",
    "en;q=0.2, de;q=0.8": "de",
    "de;q=0, en": "en",
    "fr": "",
    "*": "",
    "": "",
    "~~;;q=": "",
}


def language(answer):
    return answer["Content-Language"]


def varies(answer):
    return {each.strip() for each in answer["Vary"].split(",")}


@pytest.mark.parametrize(("tag", "ours"), SPOKEN.items())
def test_the_nearest_language_to_a_tag(tag, ours):
    assert languages.spoken(tag) == ours


@pytest.mark.parametrize(("header", "ours"), ASKED.items())
def test_the_first_language_of_a_header_that_there_is(header, ours):
    assert languages.asked(header) == ours


def test_who_says_nothing_reads_english(client):
    page = client.get("/")
    assert language(page) == "en"
    assert '<html lang="en" dir="ltr">' in page.content.decode()


def test_a_stranger_reads_the_language_of_the_browser(client):
    page = client.get("/", **GERMAN)
    assert language(page) == "de"
    assert '<html lang="de" dir="ltr">' in page.content.decode()
    assert {"Accept-Language", "Cookie"} <= varies(page)


def test_what_was_chosen_comes_before_the_browser(client):
    chosen = client.post("/language/", {"language": "en"}, headers={"Referer": "/find/"}, **GERMAN)
    assert chosen.status_code == 302
    assert chosen.cookies["django_language"]["httponly"]
    assert language(client.get("/", **GERMAN)) == "en"


def test_choosing_leads_back_to_the_page(client):
    page = "http://testserver/find/?q=ada"
    assert client.post("/language/", {"language": "de"}, headers={"Referer": page}).url == page
    away = {"Referer": "https://elsewhere.example/"}
    assert client.post("/language/", {"language": "de"}, headers=away).url == "/"


@pytest.mark.parametrize("chosen", ["", "fr", "de\0", "x" * 999])
def test_a_language_that_there_is_not_is_not_chosen(client, chosen):
    assert not client.post("/language/", {"language": chosen}).cookies
    client.cookies["django_language"] = chosen.strip("\0")
    assert language(client.get("/")) == ("de" if chosen == "de\0" else "en")


def test_who_is_signed_in_reads_the_language_of_the_profile(signed_in, bob):
    client = signed_in(bob)
    client.cookies["django_language"] = "de"
    assert language(client.get("/", **GERMAN)) == "en"
    User.objects.filter(pk=bob.pk).update(language="de-CH")
    page = client.get("/me/")
    assert language(page) == "de"
    assert 'action="/language/"' not in page.content.decode()


def test_a_page_that_is_refused_early_is_in_the_language_too(client):
    assert language(client.generic("BREW", "/", **GERMAN)) == "de"
    assert language(client.get("/nothing/", **GERMAN)) == "de"


def test_pages_that_nobody_reads_vary_with_no_language(client):
    for path in ("/healthz", "/robots.txt"):
        answer = client.get(path, **GERMAN)
        assert "Content-Language" not in answer
        assert "Accept-Language" not in answer.get("Vary", "")


def test_a_frame_is_in_the_language_of_the_browser_whoever_is_signed_in(signed_in, bob, massage):
    client = signed_in(bob)
    client.cookies["django_language"] = "en"
    page = client.get(f"/embed/ada/?service={massage.pk}", **GERMAN)
    assert language(page) == "de"
    assert '<html lang="de"' in page.content.decode()


def test_operators_read_english(client, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("op@example.org", language="de"))
    assert language(client.get("/admin/", **GERMAN)) == "en"


def test_the_api_is_asked_with_each_call(bob):
    assert language(Caller(bob).get("me/")) == "en"
    assert language(Caller(bob).get("me/", headers=ASKING)) == "de"
    assert {"Accept-Language", "Authorization"} <= varies(Caller(bob).get("me/"))


def test_the_api_falls_back_on_the_profile(bob):
    User.objects.filter(pk=bob.pk).update(language="de")
    assert language(Caller(bob).get("me/")) == "de"
    assert language(Caller(bob).get("me/", headers={"Accept-Language": "fr"})) == "de"
    assert language(Caller(bob).get("me/", headers={"Accept-Language": "en"})) == "en"


def test_no_language_is_left_behind_for_the_next_request(client, bob):
    User.objects.filter(pk=bob.pk).update(language="de")
    Caller(bob).get("me/")
    assert language(client.get("/")) == "en"


def test_slots_say_how_they_vary_in_a_304_too(client, massage):
    path = f"/api/providers/ada/availability/?service={massage.pk}&start=2030-04-02&end=2030-04-02"
    first = client.get(path, **GERMAN)
    again = client.get(path, HTTP_IF_NONE_MATCH=first["ETag"], **GERMAN)
    assert again.status_code == 304
    assert {"Accept-Language", "Authorization", "Cookie"} <= varies(again)


def test_the_bells_number_is_told_anew_in_another_language(signed_in, bob):
    client = signed_in(bob)
    english = client.get("/notifications/unread/")["ETag"]
    User.objects.filter(pk=bob.pk).update(language="de")
    again = client.get("/notifications/unread/", HTTP_IF_NONE_MATCH=english)
    assert again.status_code == 200


def test_an_account_is_made_in_the_language_it_was_asked_for_in(client):
    form = {"first_name": "Uwe", "email": "uwe@example.org", "password1": "correct horse battery"}
    client.post("/accounts/signup/", form, **GERMAN)
    assert User.objects.get(email="uwe@example.org").language == "de"


def test_a_guest_is_kept_with_the_language_of_their_browser(client, massage):
    form = {"at": "2030-04-02T08:00:00Z", "name": "Gil", "email": "gil@example.org"}
    client.post(f"/p/ada/{massage.pk}/book/", form, **GERMAN)
    assert Appointment.objects.get().customer.language == "de"


AMERICAN = {"HTTP_ACCEPT_LANGUAGE": "en-US,en;q=0.9"}


def slots(client, **how):
    return " ".join(
        re.findall(r'class="slot"[^>]*>([^<]*)<', client.get("/p/ada/", **how).content.decode())
    )


@pytest.mark.parametrize(
    ("header", "counted"),
    [("", "24"), ("en", "24"), ("en-GB,en", "24"), ("en-US,en", "12"), ("de-DE,en-US", "24")],
)
def test_a_stranger_reads_the_clocks_of_the_browsers_country(client, massage, header, counted):
    said = slots(client, **({"HTTP_ACCEPT_LANGUAGE": header} if header else {}))
    assert ("AM" in said) == (counted == "12")


@pytest.mark.parametrize(
    ("profile", "choice", "counted"),
    [
        ("en", "", "12"),
        ("en-GB", "", "24"),
        ("de", "", "24"),
        ("en", "24", "24"),
        ("de", "12", "12"),
    ],
)
def test_who_is_signed_in_reads_the_clock_of_the_profile_before_the_browsers(
    client, bob, massage, profile, choice, counted
):
    User.objects.filter(pk=bob.pk).update(language=profile, clock=choice)
    client.force_login(bob)
    twelve = re.search(r"\d (?:AM|PM|vorm|nachm)", slots(client, **AMERICAN))
    assert bool(twelve) == (counted == "12")


def test_no_clock_is_left_behind_for_the_next_request(client, massage):
    assert "AM" in slots(client, **AMERICAN)
    assert clocks.counted() == "24"
    assert "AM" not in slots(client)


def test_a_clock_is_chosen_in_the_profile_which_keeps_the_country_of_its_language(signed_in, bob):
    User.objects.filter(pk=bob.pk).update(language="de-AT")
    said = {"first_name": "Bob", "timezone": "Europe/Vienna", "language": "de", "clock": "12"}
    assert signed_in(bob).post("/me/", said).status_code == 302
    bob.refresh_from_db()
    assert (bob.language, bob.clock) == ("de-AT", "12")

"""Whatever an address or a form says: a message or nothing here, never a failure."""

import pytest
from django.test import Client

STRANGE = [
    "",
    "x",
    "-1",
    "0",
    "99999999999999999999",
    "%00",
    "2030-02-30",
    "0001-01-01",
    "9999-12-31",
    "1999-12-31T23:59:59Z",
    "2030-04-01T08:00:00",
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00",
    "2030-04-01T08:00:00Z",
    "Mars/Phobos",
    "../../etc/localtime",
    "\N{SNOWMAN}",
    "x" * 3000,
]


@pytest.mark.parametrize("value", STRANGE)
@pytest.mark.parametrize("name", ["service", "day", "since", "at", "zone", "unknown"])
def test_the_providers_page_takes_anything(client, massage, name, value):
    assert client.get(f"/p/ada/?{name}={value}").status_code in {200, 404}


@pytest.mark.parametrize("value", STRANGE)
def test_finding_takes_anything(client, massage, value):
    for name in ("search", "category", "page"):
        assert client.get(f"/find/?{name}={value}").status_code in {200, 404}
    for name in ("price_max", "day", "part", "place", "sort"):
        assert client.get(f"/find/?{name}={value}").status_code in {200, 404, 422}


@pytest.mark.parametrize("value", STRANGE)
def test_lists_and_pages_take_anything(signed_in, bob, request_of_bob, value):
    client = signed_in(bob)
    for name in ("show", "page"):
        assert client.get(f"/appointments/?{name}={value}").status_code in {200, 404}
    for name in ("at", "day", "since", "zone"):
        address = f"/appointments/{request_of_bob.pk}/reschedule/?{name}={value}"
        assert client.get(address).status_code in {200, 404}


@pytest.mark.parametrize("value", STRANGE)
def test_forms_take_anything(signed_in, bob, ada, massage, request_of_bob, value):
    value = "\x00" if value == "%00" else value
    sent = dict.fromkeys(
        [
            *("at", "zone", "notes", "version", "reason", "start", "propose", "timezone"),
            *("language", "phone", "first_name", "photo", "password", "name", "location_kind"),
        ],
        value,
    )
    for field in ("at", "version"):
        answer = signed_in(bob).post(f"/p/ada/{massage.pk}/book/", {field: value})
        assert answer.status_code in {302, 404, 409, 422}
    for user in (bob, ada):
        client = signed_in(user)
        for address in (
            f"/p/ada/{massage.pk}/book/",
            f"/appointments/{request_of_bob.pk}/reschedule/",
            f"/appointments/{request_of_bob.pk}/decline/",
            f"/appointments/{request_of_bob.pk}/notes/",
            "/me/",
            "/me/photo/",
            "/provider/new/",
            "/me/erase/",
        ):
            assert client.post(address, sent).status_code in {200, 302, 400, 404, 409, 422}, address


@pytest.mark.parametrize("address", ["/me/", "/accounts/login/", "/nowhere/"])
def test_a_form_in_an_unknown_encoding_is_refused(bob, address):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(bob)
    client.get("/me/")  # for the cookie that goes with the token in the body
    said = "application/x-www-form-urlencoded; charset=utf-16"
    answer = client.post(address, b"a=1", content_type=said)
    assert answer.status_code in {400, 404}
    assert "Error 4" in answer.content.decode()


@pytest.mark.parametrize("page", ["login/", "login/callback/", "login/token/"])
def test_where_google_is_not_configured_its_pages_are_not_there(client, db, page):
    client.raise_request_exception = False
    for answer in (client.get(f"/accounts/google/{page}"), client.post(f"/accounts/google/{page}")):
        assert answer.status_code in {404, 405}

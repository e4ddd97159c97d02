"""What a browser or a scanner says in its headers: never a failure, whatever octets it is made of."""

import zoneinfo

import pytest
from django.test import Client

from openslot.kernel import timerange

PAGES = ["/", "/healthz", "/api/me/", "/accounts/login/", "/admin/login/"]
# As a server hands them on: octets as Latin-1. A cookie may hold any octet as \ooo between quotes.
# (Of session keys only those are looked up that have eight letters.)
OCTETS = [r'"abcdefgh\000"', "\x80\xffabcdef", "\u00ed\u00a0\u0080abcdef", '"']
COOKIES = ["sessionid", "csrftoken", "timezone", "messages", "\xff"]
HEADERS = [
    *("accept", "accept-language", "authorization", "content-type", "idempotency-key", "if-match"),
    *("if-none-match", "hx-current-url", "origin", "referer", "x-csrftoken", "x-forwarded-for"),
]


@pytest.fixture
def browser():
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("cookie", COOKIES)
def test_a_cookie_may_hold_any_octet(browser, db, page, cookie):
    for octets in OCTETS:
        said = browser.get(page, headers={"cookie": f"{cookie}={octets}"})
        assert said.status_code < 500, octets


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("header", HEADERS)
def test_a_header_may_hold_any_octet(browser, bob, page, header):
    browser.force_login(bob)
    for octets in OCTETS:
        value = {"authorization": "Bearer ", "content-type": "text/html; charset="}.get(header, "")
        assert browser.get(page, headers={header: value + octets}).status_code < 500, octets


def test_an_illegible_session_is_that_of_nobody(browser, db):
    odd = {"cookie": r'sessionid="abcdefgh\000"'}
    assert browser.get("/accounts/login/", headers=odd).status_code == 200
    assert browser.get("/me/", headers=odd).headers["Location"] == "/accounts/login/?next=/me/"


@pytest.mark.parametrize("page", ["/healthz", "/", "/find/", "/appointments/", "/api/providers/"])
def test_a_request_lists_no_time_zones(signed_in, bob, monkeypatch, page):
    def listed():
        raise AssertionError("all time zones were listed")

    monkeypatch.setattr(zoneinfo, "available_timezones", listed)
    timerange.zone_names.cache_clear()
    client = signed_in(bob)
    client.cookies["timezone"] = "Europe/Berlin"
    assert client.get(page).status_code == 200 or page.startswith("/api/")


def test_health_asks_nobody_whose_request_it_is(signed_in, bob, django_assert_num_queries):
    client = signed_in(bob)
    with django_assert_num_queries(0):
        assert client.get("/healthz").status_code == 200

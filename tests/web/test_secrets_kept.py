"""What is somebody's own is kept nowhere: not by browsers, not in logs."""

import logging

import pytest
from django.test import RequestFactory
from django.views.debug import technical_500_response

from openslot.kernel import masking
from openslot.web import debugging
from tests import town

PATHS = [
    "/feeds/c2VjcmV0.c2lnbmF0dXJl.ics",
    "/unsubscribe/c2VjcmV0:c2lnbmF0dXJl/",
    "/accounts/confirm-email/MQ:c2VjcmV0:c2lnbmF0dXJl/",
    "/accounts/password/reset/key/1-c2VjcmV0/",
]


@pytest.mark.parametrize("page", ["/", "/me/", "/appointments/", "/me/notifications/"])
def test_pages_of_who_is_signed_in_are_not_kept(signed_in, bob, page):
    assert signed_in(bob).get(page, follow=True)["Cache-Control"].find("no-store") >= 0


def test_pages_for_everybody_may_be_kept(client, ada):
    assert "no-store" not in client.get("/").get("Cache-Control", "")
    assert "no-store" in client.get("/accounts/login/")["Cache-Control"]


def test_tokens_and_exports_are_not_kept(client, bob):
    body = {"email": bob.email, "password": town.PASSWORD}
    pair = client.post("/api/token/", body, content_type="application/json")
    assert pair["Cache-Control"] == "no-store"
    mine = {"authorization": f"Bearer {pair.json()['access']}"}
    for path in ("/api/me/export/", "/api/me/feed/", "/api/me/"):
        assert client.get(path, headers=mine)["Cache-Control"] == "no-store"
    assert "Cache-Control" not in client.get("/api/categories/")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("wrapped", ["Not Found: {}", "GET {}?x=1 HTTP/1.1", "next={}&x"])
def test_a_log_names_the_page_and_not_the_secret(path, wrapped):
    record = logging.LogRecord("any", logging.INFO, "", 0, wrapped.format("%s"), (path,), None)
    assert masking.Filter().filter(record)
    assert "c2V" not in record.getMessage()
    assert path[:7] in record.getMessage()


def test_a_traceback_and_an_address_inside_another_are_masked_too():
    error = ValueError(PATHS[0])
    raised = (ValueError, error, None)
    record = logging.LogRecord("any", logging.ERROR, "", 0, "failed", (), raised)
    masking.Filter().filter(record)
    assert "c2V" not in logging.Formatter().format(record)
    assert "c2V" not in masking.masked("/x/?next=%2Ffeeds%2Fc2VjcmV0.ics")


def test_every_handler_of_the_house_masks(settings):
    handlers = settings.LOGGING["handlers"].values()
    assert all("masked" in handler["filters"] for handler in handlers)


def test_the_page_for_developers_masks_and_hides_addresses_with_passwords(settings):
    settings.DEBUG = True
    settings.EMAIL_URL = "smtp://user:hunter2hunter2@mail.example"
    request = RequestFactory().get(PATHS[0])
    page = technical_500_response(request, ValueError, ValueError("x"), None).content.decode()
    assert "/feeds/***" in page
    assert "c2V" not in page
    assert "hunter2" not in page
    assert debugging.Reporter(request, ValueError, ValueError("x"), None).get_traceback_text()

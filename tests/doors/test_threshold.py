"""Before either door: bodies that are too large, wherever they are sent and whoever sends them."""

import io

import pytest
from django.test import Client

from tests.api.calling import problem

MEGABYTE = 1_000_000


class Unread(io.BytesIO):
    """A body that nobody may touch."""

    def read(self, *args):
        pytest.fail("it was read")

    readline = read


def sent(address, length, **extra):
    body = {"wsgi.input": Unread(), "CONTENT_LENGTH": str(length), **extra}
    return Client(raise_request_exception=False).generic("POST", address, **body)


@pytest.mark.parametrize(
    "address",
    ["/accounts/login/", "/me/", "/nowhere/", "/admin/login/", "/static/favicon.svg"],
)
def test_a_page_takes_a_megabyte_and_reads_no_more(address):
    answer = sent(address, 300 * MEGABYTE, CONTENT_TYPE="multipart/form-data; boundary=x")
    assert answer.status_code == 413
    assert "too much at once" in answer.content.decode()


@pytest.mark.parametrize("address", ["me/", "token/", "nowhere/", "appointments/"])
def test_the_api_says_so_before_it_looks_who_asks_what_there_is_and_in_which_format(address):
    problem(sent(f"/api/{address}", MEGABYTE + 1, CONTENT_TYPE="text/plain"), 413, "body_too_large")


@pytest.mark.parametrize(
    "address", ["/api/me/photo/", "/api/provider/photo/", "/me/photo/", "/provider/profile/photo/"]
)
def test_a_photo_may_have_five(address):
    assert sent(address, 5 * MEGABYTE + 10_001).status_code == 413
    client = Client(raise_request_exception=False)
    body = b"x" * (2 * MEGABYTE)
    assert client.post(address, {"photo": io.BytesIO(body)}).status_code != 413


def test_a_form_that_fills_a_photos_room_with_words_is_too_large(bob):
    client = Client()
    client.force_login(bob)
    words = "notes=" + "x" * (2 * MEGABYTE)
    kind = "application/x-www-form-urlencoded"
    answer = client.post("/me/photo/", words, content_type=kind)
    assert answer.status_code == 413


@pytest.mark.parametrize("address", ["/api/signup/", "/accounts/login/"])
def test_a_body_without_its_length_is_refused_and_not_read_as_empty(address):
    answer = sent(address, "", HTTP_TRANSFER_ENCODING="chunked")
    assert answer.status_code == 411

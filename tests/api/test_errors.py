"""Every answer of 400 or more under /api/ is a problem, whoever gives it."""

import json

import pytest
from django.test import Client, override_settings
from django.urls import path
from rest_framework.response import Response

from openslot import urls
from openslot.api.protocol import endpoint, errors
from openslot.kernel.errors import Invalid
from tests.api.calling import problem


class Echo(endpoint.Endpoint):
    """Answers what it was sent."""

    permission_classes = []

    def post(self, request):
        return Response({"got": request.data})

    def get(self, _request):
        raise ZeroDivisionError

    def put(self, _request):
        raise Invalid(start="No.")


handler400, handler500 = urls.handler400, urls.handler500
urlpatterns = [path("api/echo/", Echo.as_view()), *urls.urlpatterns]


@pytest.fixture
def echo(client):
    with override_settings(ROOT_URLCONF=__name__):

        def send(body, **kwargs):
            kwargs = {"content_type": "application/json"} | kwargs
            return client.post("/api/echo/", body, **kwargs)

        yield send


def nested(depth):
    return "[" * depth + "]" * depth


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "malformed"),
        (b"nonsense", "malformed"),
        (b'{"a": NaN}', "malformed"),
        (b'{"a": -Infinity}', "malformed"),
        (b'{"a": 1e999}', "malformed"),
        (b'{"a": ' + b"1" * 5000 + b"}", "malformed"),
        (b'{"a": "\xff"}', "malformed"),
        (b'{"a": "\\u0000"}', "malformed"),
        (b'{"\\u0000": 1}', "malformed"),
        (b'{"a": ["\\ud800"]}', "malformed"),
        (nested(21).encode(), "too_deep"),
        (nested(100_000).encode(), "too_deep"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_body_that_cannot_be_read_is_a_problem(echo, body, code):
    problem(echo(body), 400, code)


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"[1]",
        nested(20).encode(),
        '{"a": "\U0001f600"}'.encode(),
        b'"' + b"x" * 900_000 + b'"',
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_body_within_the_bounds_is_read(echo, body):
    assert echo(body).json() == {"got": json.loads(body)}


def test_a_body_of_more_than_a_megabyte_is_too_large(echo):
    problem(echo(b'"' + b"x" * 1_000_000 + b'"'), 413, "body_too_large")


def test_a_body_full_of_nonsense_gets_a_short_answer(asking, bob):
    nonsense = {f"u{n}": 1 for n in range(60_000)} | {"timezone": "x" * 50_000}
    answer = asking(bob).patch("me/", nonsense)
    problem(answer, 400, "invalid")
    assert len(answer.content) < 10_000


def test_no_body_is_an_empty_one(echo):
    assert echo(b"").json() == {"got": {}}


def test_another_media_type_is_not_read(echo):
    problem(echo("a=1", content_type="text/plain"), 415, "unsupported_media_type")


def test_another_media_type_is_not_written(echo):
    problem(echo("{}", headers={"accept": "image/png"}), 406, "not_acceptable")


def test_an_unknown_method_says_which_there_are(echo, client):
    answer = client.delete("/api/echo/")
    problem(answer, 405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"]


def test_what_nobody_foresaw_is_a_problem_without_details(echo):
    said = problem(Client(raise_request_exception=False).get("/api/echo/"), 500, "server_error")
    assert "Zero" not in str(said)


def test_what_the_domain_refuses_names_the_fields(echo, client):
    assert problem(client.put("/api/echo/"), 400, "invalid")["errors"] == {"start": ["No."]}


def test_nul_in_the_query_is_refused_before_it_reaches_the_database(echo, client):
    problem(client.get("/api/echo/?search=%00"), 400, "malformed")


@pytest.mark.parametrize(
    "address", ["/api/", "/api/nothing/", "/api/nothing", "/api/%00/", "/api/%ff/"]
)
@pytest.mark.parametrize("method", ["get", "post", "delete", "options"])
def test_an_unknown_address_is_a_problem(client, address, method):
    problem(getattr(client, method)(address), 404, "not_found")


@override_settings(ALLOWED_HOSTS=["example.org"])
def test_a_host_that_is_not_ours_is_a_problem(client):
    problem(client.get("/api/schema/", headers={"host": "evil.example"}), 400, "bad_request")


def test_unknown_pages_are_no_problems(client):
    assert client.get("/nothing/").headers["Content-Type"] == "text/html; charset=utf-8"


def test_the_parts_of_a_field_are_named_by_their_paths():
    detail = {"location": {"kind": ["No."]}, "spans": [{}, {"end": ["No."]}], "name": ["No."]}
    assert errors.flat(detail) == {
        "location.kind": ["No."],
        "spans.1.end": ["No."],
        "name": ["No."],
    }


def test_the_parts_of_a_list_are_named_by_their_places():
    assert errors.flat([{}, {"end": ["No."]}, "No."]) == {
        "1.end": ["No."],
        "non_field_errors": ["No."],
    }


def test_a_body_without_its_length_is_refused_and_not_read_as_empty(client):
    answer = client.post(
        "/api/signup/",
        content_type="application/json",
        headers={"Transfer-Encoding": "chunked", "Content-Length": ""},
    )
    assert answer.status_code == 411
    assert answer.json()["code"] == "length_required"

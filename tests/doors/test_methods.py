"""Methods that nothing here has are said to be so, before tokens against forgery are asked for."""

import pytest
from django.test import Client

from tests.api.calling import problem

pytestmark = pytest.mark.django_db

PAGES = ["/", "/find/", "/accounts/login/", "/me/", "/nowhere/", "/healthz", "/static/favicon.svg"]
API = ["/api/providers/", "/api/appointments/", "/api/nowhere/", "/api/docs/"]
STRANGE = ["PROPFIND", "REPORT", "MKCOL", "TRACE", "LINK"]


def sent(method, address):
    return Client(enforce_csrf_checks=True).generic(method, address)


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("method", [*STRANGE, "PUT", "PATCH", "DELETE"])
def test_at_a_page(method, address):
    answer = sent(method, address)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, POST, OPTIONS"
    assert "nothing was changed" in answer.content.decode()


@pytest.mark.parametrize("address", API)
@pytest.mark.parametrize("method", STRANGE)
def test_at_the_api(method, address):
    answer = sent(method, address)
    problem(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, HEAD, POST, OPTIONS, PUT, PATCH, DELETE"


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_what_there_is_goes_on(method):
    assert sent(method, "/find/").status_code != 405

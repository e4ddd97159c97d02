"""A client of the API, and what every answer of it must hold."""

import json

import pytest
from django.test import Client
from rest_framework_simplejwt.tokens import AccessToken


class Caller:
    """Somebody with an access token (without a user: nobody), who speaks JSON."""

    def __init__(self, user=None):
        self.user = user
        self.client = Client()
        token = {"authorization": f"Bearer {AccessToken.for_user(user)}"} if user else {}
        self.headers = {"accept": "application/json"} | token

    def __getattr__(self, method):
        def send(path, body=None, *, raw=None, headers=None, **query):
            if method == "get":
                content = {"query_params": query}
            else:
                data = raw if raw is not None else "" if body is None else json.dumps(body)
                content = {"data": data, "content_type": "application/json"}
            return getattr(self.client, method)(
                f"/api/{path}", headers=self.headers | (headers or {}), **content
            )

        return send


@pytest.fixture
def as_():
    """Somebody's client: as_(bob).get("appointments/")."""
    return Caller


MEMBERS = {"type", "title", "status", "detail", "code", "errors"}


def problem(response, status, code):
    """The problem that the answer is; it must be the one expected."""
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    said = json.loads(response.content)
    assert said.keys() >= MEMBERS
    assert all(isinstance(messages, list) for messages in said["errors"].values())
    assert (said["status"], said["code"]) == (status, code)
    return said


def done(response, status=200):
    """What a successful answer says."""
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/json"
    return json.loads(response.content)

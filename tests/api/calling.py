"""Speaking JSON to the API, and what every answer of it must hold."""

import json

from django.test import Client
from rest_framework_simplejwt.tokens import AccessToken

MEMBERS = {"type", "title", "status", "detail", "code", "errors"}


class Caller:
    """Somebody with an access token (without a user: a passer-by), who speaks JSON."""

    def __init__(self, user=None):
        self.client = Client()
        token = {"authorization": f"Bearer {AccessToken.for_user(user)}"} if user else {}
        self.headers = {"accept": "application/json"} | token

    def __call__(self, method, path, body=None, *, raw=None, headers=None, **kwargs):
        if method != "get" and "data" not in kwargs:
            data = "" if body is None else json.dumps(body)
            kwargs |= {"data": data if raw is None else raw, "content_type": "application/json"}
        headers = self.headers | (headers or {})
        return getattr(self.client, method)(f"/api/{path}", headers=headers, **kwargs)

    def get(self, path, *, headers=None, **query):
        return self("get", path, headers=headers, query_params=query)

    def post(self, path, body=None, **kwargs):
        return self("post", path, body, **kwargs)

    def put(self, path, body=None, **kwargs):
        return self("put", path, body, **kwargs)

    def patch(self, path, body=None, **kwargs):
        return self("patch", path, body, **kwargs)

    def delete(self, path, body=None, **kwargs):
        return self("delete", path, body, **kwargs)


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

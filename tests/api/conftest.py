"""Asking the API as somebody."""

import json

import pytest
from django.test import Client

from openslot.api import auth


class Caller:
    """A client of the API with somebody's access token, or without one."""

    def __init__(self, user=None):
        self.client = Client(raise_request_exception=True)
        self.headers = {"Authorization": f"Bearer {auth.issued(user).access}"} if user else {}

    def __call__(self, method, path, body=None, **kwargs):
        if body is not None:
            kwargs |= {"data": json.dumps(body), "content_type": "application/json"}
        return getattr(self.client, method)(f"/api/{path}", headers=self.headers, **kwargs)

    def get(self, path, **query):
        return self.client.get(f"/api/{path}", query, headers=self.headers)

    def post(self, path, body):
        return self("post", path, body)

    def patch(self, path, body):
        return self("patch", path, body)

    def delete(self, path, body=None):
        return self("delete", path, body)


@pytest.fixture
def asking():
    """`asking(bob).get("me/")`; without somebody: a passer-by."""
    return Caller

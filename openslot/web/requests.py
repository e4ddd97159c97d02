"""What a view asks of its request."""

from __future__ import annotations

from django.http import HttpRequest

from openslot.accounts.models import User
from openslot.kernel.errors import NotFound


def reader(request: HttpRequest) -> User:
    """Who is signed in; only for views behind `login_required`."""
    if not isinstance(request.user, User):
        raise NotFound
    return request.user

"""What a view asks of its request."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict

from openslot.accounts.models import User
from openslot.kernel.errors import NotFound


def reader(request: HttpRequest) -> User:
    """Who is signed in; only for views behind `login_required`."""
    if not isinstance(request.user, User):
        raise NotFound
    return request.user


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, be it nothing at all; None where nobody has pressed a button yet."""
    return request.POST if request.method == "POST" else None

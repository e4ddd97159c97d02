"""What a view asks of its request."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict

from openslot.accounts.models import User
from openslot.accounts.signing.challenges import Proof
from openslot.appointments.free.holding import Claim
from openslot.appointments.holding.holds import Caller
from openslot.kernel import callers
from openslot.kernel.errors import NotFound


def reader(request: HttpRequest) -> User:
    """Who is signed in; only for views behind `login_required`."""
    if not isinstance(request.user, User):
        raise NotFound
    return request.user


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, be it nothing at all; None where nobody has pressed a button yet."""
    return request.POST if request.method == "POST" else None


def holder(request: HttpRequest) -> Caller:
    """Who may be holding a time: an account, or a browser by its cookie."""
    user = request.user if isinstance(request.user, User) else None
    known = request.COOKIES.get(callers.BROWSER, "")
    return Caller(user, known, callers.network(request.META))


def proof(request: HttpRequest, *, use: str = "") -> Proof:
    """The solved challenge that came along, if any did."""
    return Proof(request.POST.get("challenge", ""), callers.network(request.META), use)


def choosing(request: HttpRequest) -> Claim:
    """To whoever chooses a time, the one that they hold is free: another choice replaces it."""
    return Claim(owners=holder(request).owners, replaces=True)

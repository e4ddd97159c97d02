"""Which limit a call counts for; what they are, kernel/limits.py says for the pages too."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from openslot.kernel import callers, limits
from openslot.kernel.errors import TooOften


class Limit(BaseThrottle):
    """So many requests of a user (without an account: of a network) in the time of its rate."""

    scope: str
    seconds: float | None = None

    def who(self, request: Request) -> object:
        return request.user.pk if request.user.is_authenticated else callers.network(request.META)

    def allow_request(self, request: Request, view: Any) -> bool:  # noqa: ARG002
        try:
            limits.count(self.scope, self.who(request))
        except TooOften as refusal:
            self.seconds = refusal.seconds
            return False
        return True

    def wait(self) -> float | None:
        return self.seconds


class Broad(Limit):
    """What no person and no sensible program reaches."""

    scope = limits.BROAD


class ByAddress(Limit):
    """Counted for a network, whoever is signed in there."""

    def who(self, request: Request) -> object:
        return callers.network(request.META)


class Signup(ByAddress):
    scope = "signup"


class Token(ByAddress):
    scope = "token"


class GuestMail(ByAddress):
    """Digits that a network has mailed to people, whichever address they go to."""

    scope = "guest_mail"


class Booking(Limit):
    """Whatever may book."""

    scope = "booking"

    def allow_request(self, request: Request, view: Any) -> bool:
        return request.method != "POST" or super().allow_request(request, view)

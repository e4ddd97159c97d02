"""How often is too often. `RATE_LIMITS=off` leaves every rate empty."""

from __future__ import annotations

import math
from typing import Any, cast

from django.core.cache import caches
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import SimpleRateThrottle

from openslot.kernel import callers


class Limit(SimpleRateThrottle):
    """So many requests of a user (without an account: of an address) in the time of its rate."""

    num_requests: int | None
    duration: int | None
    scope: str

    def get_rate(self) -> str | None:
        rates: dict[str, Any] = api_settings.DEFAULT_THROTTLE_RATES
        return cast(str | None, rates[self.scope])

    def get_ident(self, request: Request) -> str:
        return callers.network(request.META)

    def get_cache_key(self, request: Request, view: Any) -> str:  # noqa: ARG002
        ident = request.user.pk if request.user.is_authenticated else self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": ident}


class Broad(Limit):
    """What no person and no sensible program reaches; counted by each process for itself, a
    counter for each stretch of time, so that counting costs next to nothing.
    """

    scope = "broad"
    cache = caches["local"]

    def allow_request(self, request: Request, view: Any) -> bool:
        if self.num_requests is None or self.duration is None:
            return True
        self.now = self.timer()
        stretch = int(self.now // self.duration)
        key = f"{self.get_cache_key(request, view)}_{stretch}"
        self.cache.add(key, 0, self.duration)
        try:
            count = self.cache.incr(key)
        except ValueError:  # fell out of a full cache
            return True
        return bool(count <= self.num_requests)

    def wait(self) -> float:
        duration = self.duration or 1
        return math.ceil(duration - self.now % duration)


class ByAddress(Limit):
    """Counted in the shared cache for an address, whoever is signed in there."""

    def get_cache_key(self, request: Request, view: Any) -> str:  # noqa: ARG002
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


class Signup(ByAddress):
    scope = "signup"


class Token(ByAddress):
    scope = "token"


class Booking(Limit):
    """Counted in the shared cache for a user."""

    scope = "booking"

    def allow_request(self, request: Request, view: Any) -> Any:
        return request.method != "POST" or super().allow_request(request, view)

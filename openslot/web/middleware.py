"""Times are shown in the reader's zone."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone


def reader_zone(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Activate the zone of whoever is signed in, or the one that the browser told in a cookie."""

    def middleware(request: HttpRequest) -> HttpResponse:
        name = request.COOKIES.get("timezone", "")
        if request.path.startswith("/api/"):
            return get_response(request)
        if request.user.is_authenticated:
            name = request.user.timezone
        with timezone.override(
            zoneinfo.ZoneInfo(name) if name in zoneinfo.available_timezones() else None
        ):
            return get_response(request)

    return middleware

"""The list of slots, for whoever just asks for it: without REST framework around it.

Nothing is decided here that `Availability` would decide otherwise (a test compares the answers):
the same parameters are read by the same serializer, and counted for the same limit. Whoever brings
a token, or asks for anything that is refused, is left to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers, set_response_etag
from django.utils.translation import gettext
from rest_framework.views import APIView

from openslot.accounts.models import User
from openslot.accounts.offering import slugs
from openslot.api.availability import shapes
from openslot.appointments.free import slots
from openslot.appointments.free.holding import Claim
from openslot.appointments.holding.holds import Caller
from openslot.catalog import known
from openslot.catalog.models import Service
from openslot.kernel import callers, limits
from openslot.kernel.errors import DomainError
from openslot.kernel.rows.composed import unasked

PARAMETERS = frozenset(shapes.Wanted().fields)
LONGEST = 200  # letters of a query string
QUERIES = 4096  # that are kept as they were read
JSON = ("*/*", "application/json", "application/*")


def answer(request: HttpRequest, view: APIView, slug: str) -> HttpResponseBase | None:
    """The slots; None for what is not asked as simply, is refused, or failed at first."""
    asked = _asked(request)
    if asked is None:
        return None
    try:
        if view.throttle_classes:
            limits.count(limits.BROAD, callers.network(request.META))
        with unasked():
            service = sought(slug, asked)
    except (DomainError, OperationalError):
        return None
    said = offered(request, service, asked)
    said["Allow"] = ", ".join(view.allowed_methods)
    return said


def sought(slug: str, asked: Mapping[str, Any]) -> Service:
    """The service that is asked for. Raises `NotFound`."""
    service = known.offered(slug, asked["service"])
    if service is None:
        raise slugs.nobody(slug, gettext("There is no such service here."))
    return service


def offered(
    request: HttpRequest, service: Service, asked: Mapping[str, Any], *, user: User | None = None
) -> HttpResponseBase:
    """Its slots as they are sent, or 304."""
    zone = ZoneInfo(asked.get("timezone", service.provider.timezone))
    listed = slots.listed(
        service,
        first=asked["start"],
        last=asked["end"],
        zone=zone,
        now=timezone.now(),
        as_read=True,
        # What the reader may be about to book already: their account's, or their browser's.
        claim=Claim(owners=Caller(user, request.COOKIES.get(callers.BROWSER, "")).owners),
    )
    return _unless_known(request, shapes.availability(service, zone, listed))


def _asked(request: HttpRequest) -> Mapping[str, Any] | None:
    """The query, where nothing about it has to be refused."""
    meta = request.META
    query = meta.get("QUERY_STRING", "")
    simple = request.method == "GET" and "HTTP_AUTHORIZATION" not in meta
    if simple and meta.get("HTTP_ACCEPT", "*/*") in JSON and len(query) <= LONGEST:
        return _read(query)
    return None


@lru_cache(maxsize=QUERIES)
def _read(query: str) -> Mapping[str, Any] | None:
    given = QueryDict(query.encode("latin-1"))
    if given.keys() - PARAMETERS or any(len(values) > 1 for _, values in given.lists()):
        return None
    wanted = shapes.Wanted(data=given)
    return dict(wanted.validated_data) if wanted.is_valid() else None


def _unless_known(request: HttpRequest, body: bytes) -> HttpResponseBase:
    """The JSON with an ETag of its content; 304 to whoever has it (RFC 9110, 13).

    It may be kept, and has to be asked for each time: it is true for this moment.
    """
    said = HttpResponse(body, content_type="application/json")
    said["Cache-Control"] = "no-cache"
    patch_vary_headers(said, ["Authorization", "Cookie"])  # who holds a time still sees it
    set_response_etag(said)
    return get_conditional_response(request, etag=said["ETag"], response=said) or said

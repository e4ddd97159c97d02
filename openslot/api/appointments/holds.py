"""Times that are kept while a form is filled in."""

from __future__ import annotations

import secrets
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from openslot.accounts.models import User
from openslot.api.protocol import fields, schema, throttling
from openslot.api.protocol.endpoint import Endpoint
from openslot.appointments.holding import holds
from openslot.kernel import callers


class HoldIn(fields.Body):
    """Which time is to be kept."""

    service = fields.IdField()
    start = fields.InstantField()


class HoldOut(serializers.Serializer[Any]):
    """A time that is kept. Whoever names its `id` in a booking uses it up."""

    id = serializers.CharField()
    service = serializers.UUIDField()
    start = fields.InstantField()
    end = fields.InstantField()
    expires_at = fields.InstantField()


class Holds(Endpoint):
    """Times kept for ten minutes."""

    permission_classes = [AllowAny]
    throttle_classes = [throttling.Broad, throttling.Booking]

    @extend_schema(request=HoldIn, responses={201: HoldOut, **schema.problems(409)})
    def post(self, request: Request) -> Response:
        """Keep a time for ten minutes. Whoever held another one before lets it go."""
        asked = self.body(HoldIn)
        user = request.user if isinstance(request.user, User) else None
        known = request.COOKIES.get(callers.BROWSER, "")
        browser = known or ("" if user else secrets.token_urlsafe())
        by = holds.Caller(user, browser, callers.network(request.META))
        taken = holds.take(asked["service"], start=asked["start"], by=by)
        answer = Response(HoldOut(taken).data, status=201)
        if user is None:
            callers.know_again(answer, browser)
        return answer


class OneHold(Endpoint):
    permission_classes = [AllowAny]

    @extend_schema(responses={204: None})
    def delete(self, request: Request, id: str) -> Response:  # noqa: A002
        """Let it go."""
        holds.release(id, by=request.user if isinstance(request.user, User) else None)
        return Response(status=204)

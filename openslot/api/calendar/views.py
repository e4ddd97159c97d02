"""One's Google Calendar, for machines."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from openslot.api.calendar import shapes
from openslot.api.protocol.endpoint import Endpoint
from openslot.api.protocol.schema import problems
from openslot.sync import health
from openslot.sync.connecting import calendars, connect, disconnect


class CalendarView(Endpoint):
    """The caller's calendar connection."""

    queries: ClassVar = {"DELETE": shapes.Disconnecting}

    @extend_schema(responses=shapes.CalendarOut)
    def get(self, _request: Request) -> Response:
        """How it stands; for everybody, connected or not."""
        return Response(shapes.CalendarOut(health.of(self.caller)).data)

    @extend_schema(request=shapes.CalendarIn, responses={200: shapes.CalendarOut, **problems(404)})
    def patch(self, _request: Request) -> Response:
        """Choose the calendar that events go to, and those that block hours."""
        calendars.choose(self.caller, **self.body(shapes.CalendarIn))
        return Response(shapes.CalendarOut(health.of(self.caller)).data)

    @extend_schema(responses={204: None, **problems(404)})
    def delete(self, _request: Request) -> Response:
        """Disconnect: Google is told, the tokens are wiped."""
        asked = self.query()
        disconnect.disconnect(self.caller, events=asked["events"])
        return Response(status=status.HTTP_204_NO_CONTENT)


class Connect(Endpoint):
    @extend_schema(request=None, responses={200: shapes.ConnectOut, **problems(404)})
    def post(self, _request: Request) -> Response:
        """Begin to connect: where to send the person, who signs in there as the same user."""
        return Response({"authorization_url": connect.begin(self.caller)})


class SyncNow(Endpoint):
    @extend_schema(request=None, responses={202: None, **problems(404)})
    def post(self, _request: Request) -> Response:
        """Look at everything now."""
        connect.hurry(self.caller)
        return Response(status=status.HTTP_202_ACCEPTED)

"""What somebody without an account does by the link in their mails, as its customer would.

Whoever has the link may do it; it says which appointment is meant, and nothing else is reached.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import renderers, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from openslot.accounts.models import Person
from openslot.accounts.signing import challenges, codes
from openslot.api.appointments import moves, shapes
from openslot.api.appointments.views import AppointmentEndpoint
from openslot.api.protocol import fields, schema, throttling
from openslot.api.protocol.endpoint import Endpoint
from openslot.appointments.guests import links
from openslot.appointments.models import Appointment, Way
from openslot.notifications import ics


class CodeIn(fields.Body):
    """To which address digits are to be mailed."""

    email = fields.Address()
    challenge = fields.Solution()


class Code(Endpoint):
    """Digits by mail, for a booking without an account."""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = [throttling.Broad, throttling.GuestMail]

    @extend_schema(request=CodeIn, responses={202: None})
    def post(self, _request: Request) -> Response:
        """Mail six digits to the address, with the links of its appointments to come."""
        asked = self.body(CodeIn)
        challenges.check(self.proof(asked.get("challenge", "")))
        codes.ask(asked["email"])
        return Response(status=status.HTTP_202_ACCEPTED)


class ByLink(AppointmentEndpoint):
    """A view behind a link: the calls of `api.appointments`, in the part of whoever it is for."""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = [throttling.Broad, throttling.Booking]
    via = Way.LINK
    meant: Appointment

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        token = kwargs.pop("token")
        return super().dispatch(request, *args, id=links.meant(token), token_=token, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.meant = links.opened(kwargs["token_"])

    def finalize_response(self, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(*args, **kwargs)
        answer.headers["Referrer-Policy"] = "no-referrer"
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @property
    def party(self) -> Person:
        return links.holder(self.meant)


class One(ByLink):
    """The appointment behind a link."""

    @extend_schema(responses=shapes.AppointmentOut, parameters=schema.headers("ETag"))
    def get(self, _request: Request, **_link: Any) -> Response:
        """As its customer sees it."""
        return self.answer(self.meant)


class Accept(ByLink, moves.Accept):
    """Take the time that the provider proposed."""


class Decline(ByLink, moves.Decline):
    """Keep the old time."""


class Withdraw(ByLink, moves.Withdraw):
    """Take a proposal back."""


class Cancel(ByLink, moves.Cancel):
    """Call it off."""


class Reschedule(ByLink, moves.Reschedule):
    """Move it, or propose to."""


class Calendar(renderers.BaseRenderer):
    media_type = "text/calendar"
    format = "ics"
    charset = "utf-8"


class CalendarFile(ByLink):
    """The appointment behind a link, as iCalendar."""

    renderer_classes = [Calendar, renderers.JSONRenderer]

    @extend_schema(responses={(200, "text/calendar"): OpenApiTypes.BINARY})
    def get(self, _request: Request, id: UUID, **_link: Any) -> HttpResponse:  # noqa: A002
        """To take along (RFC 5545)."""
        content = ics.file(self.meant, role=self.meant.role_of(self.party))
        return HttpResponse(
            content,
            content_type="text/calendar; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{id}.ics"'},
        )

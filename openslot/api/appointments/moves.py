"""What is done with one appointment, each answered with the appointment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from openslot.api.appointments import shapes
from openslot.api.appointments.views import AppointmentEndpoint
from openslot.api.protocol import fields, schema
from openslot.appointments.changing import answers, cancelling, outcomes, rescheduling

Post = TypeVar("Post", bound=Callable[..., Response])


def described(
    body: type[serializers.Serializer[Any]] | None = None,
) -> Callable[[Post], Post]:
    """The OpenAPI description that all of them share."""
    return extend_schema(
        request={"application/json": body} if body else None,
        parameters=[schema.IF_MATCH, *schema.headers("ETag")],
        responses={200: shapes.AppointmentOut, **schema.problems(403, 409, 412)},
    )


class Move(AppointmentEndpoint):
    """A move of an appointment."""

    def who(self, appointment_id: UUID) -> dict[str, Any]:
        """Who moves it, by what way, and which version they have seen."""
        expected = self.expected(appointment_id)
        return {"by": self.party, "via": self.via, "expected": expected}


class Accept(Move):
    @described(shapes.Answer)
    def post(self, _request: Request, id: UUID, **_link: Any) -> Response:  # noqa: A002
        """Confirm a request, or take the time that the other side proposed."""
        asked = self.body(shapes.Answer)
        return self.answer(answers.accept(id, **asked, **self.who(id)))


class Decline(Move):
    @described(shapes.Reasoned)
    def post(self, _request: Request, id: UUID, **_link: Any) -> Response:  # noqa: A002
        """Turn a request down, or the time that the other side proposed."""
        asked = self.body(shapes.Reasoned)
        return self.answer(answers.decline(id, **asked, **self.who(id)))


class Withdraw(Move):
    @described()
    def post(self, _request: Request, id: UUID, **_link: Any) -> Response:  # noqa: A002
        """Take one's own proposal back."""
        self.body(fields.Body)
        return self.answer(answers.withdraw(id, **self.who(id)))


class Cancel(Move):
    @described(shapes.Reasoned)
    def post(self, _request: Request, id: UUID, **_link: Any) -> Response:  # noqa: A002
        """Call it off."""
        asked = self.body(shapes.Reasoned)
        return self.answer(cancelling.cancel(id, **asked, **self.who(id)))


class Reschedule(Move):
    @described(shapes.NewTime)
    def post(self, _request: Request, id: UUID, **_link: Any) -> Response:  # noqa: A002
        """Move it, or propose to."""
        asked = self.body(shapes.NewTime)
        return self.answer(rescheduling.reschedule(id, **asked, **self.who(id)))


class Complete(Move):
    @described()
    def post(self, _request: Request, id: UUID, **_link: Any) -> Response:  # noqa: A002
        """Say that it took place."""
        self.body(fields.Body)
        return self.answer(outcomes.complete(id, **self.who(id)))


class NoShow(Move):
    @described()
    def post(self, _request: Request, id: UUID, **_link: Any) -> Response:  # noqa: A002
        """Say that the customer did not come."""
        self.body(fields.Body)
        return self.answer(outcomes.no_show(id, **self.who(id)))

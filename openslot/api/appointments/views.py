"""Appointments: asked for, listed, looked at. What is done with one is in moves.py."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from openslot.accounts.models import LocationKind, Person, User
from openslot.api.appointments import shapes
from openslot.api.appointments.askers import Asker
from openslot.api.protocol import idempotency, schema, throttling
from openslot.api.protocol.endpoint import Endpoint
from openslot.api.protocol.pagination import Cursor
from openslot.appointments import errors
from openslot.appointments.booking import making, preview, series
from openslot.appointments.changing import editing
from openslot.appointments.desk import shape
from openslot.appointments.guests import links
from openslot.appointments.models import Appointment, AppointmentQuerySet, Series, Way
from openslot.kernel.errors import NotFound

UNREADABLE = -1  # a version that no appointment has
ETAG = re.compile(r'(?:W/)?"([^"]*)"')

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    OpenApiParameter.HEADER,
    description="Of several requests with one key the first is carried out; all get its answer.",
)


class AppointmentEndpoint(Endpoint):
    """A view of appointments."""

    via = Way.API

    @property
    def party(self) -> Person:
        """In whose part the caller looks and acts: their own."""
        return self.caller

    def shown(self, appointment: Appointment) -> dict[str, Any]:
        """One appointment as the caller may see it."""
        context = {"caller": self.party, "now": timezone.now()}
        return shapes.AppointmentOut(appointment, context=context).data

    def shown_series(self, made: Series) -> dict[str, Any]:
        """A series with all its appointments, by start."""
        occurrences = list(made.occurrences.with_people().by_start())
        names = ("id", "provider", "customer_id", "customer_name", "service", "recurrence")
        whole = {name: getattr(made, name) for name in names}
        provides = made.provider.user_id == self.party.pk
        whole |= {
            "occurrences": occurrences,
            "skipped": [_left_out(each, provides=provides) for each in made.skipped],
            "total_price": series.total_price(made, occurrences),
        }
        context = {"caller": self.party, "now": timezone.now()}
        return shapes.SeriesOut(whole, context=context).data

    def answer(self, appointment: Appointment) -> Response:
        return Response(self.shown(appointment), headers=tagged(appointment))

    def visible(self, appointment_id: UUID) -> Appointment:
        """One that the caller has a part in. Raises `NotFound`."""
        theirs = Appointment.objects.visible_to(self.caller).with_people()
        appointment = theirs.filter(pk=appointment_id).first()
        if appointment is None:
            raise NotFound
        return appointment

    def expected(self, appointment_id: UUID) -> int | None:
        """The version that the caller has seen, by `If-Match`; None where they do not care.

        Of several versions the one that it has, if it is among them.
        """
        header = self.request.headers.get("If-Match")
        if header is None or header.strip() == "*":
            return None
        versions = [int(tag) for tag in ETAG.findall(header) if re.fullmatch(r"[1-9]\d{0,8}", tag)]
        if len(versions) > 1:
            return standing(appointment_id, self.party, among=versions)
        return versions[0] if versions else UNREADABLE


def _left_out(date: Mapping[str, str], *, provides: bool) -> dict[str, Any]:
    """A date that a series went without."""
    reason = errors.told_to_provider(date["reason"]) if provides else date["reason"]
    return {"start": datetime.fromisoformat(date["start"]), "reason": reason}


def standing(appointment_id: UUID, user: Person, *, among: list[int]) -> int:
    standing_so = Appointment.objects.visible_to(user).filter(pk=appointment_id, version__in=among)
    return standing_so.values_list("version", flat=True).first() or UNREADABLE


def tagged(appointment: Appointment) -> dict[str, str]:
    return {"ETag": f'"{appointment.version}"'}


class Appointments(AppointmentEndpoint):
    """The caller's own appointments."""

    queries: ClassVar = {"GET": shapes.Filters}
    pagination_class = Cursor
    throttle_classes = [throttling.Broad, throttling.Booking]
    ordering = ("start", "id")
    booker: Person | None = None  # the guest who has just booked

    @property
    def party(self) -> Person:
        return self.booker or self.caller

    @extend_schema(responses=shapes.AppointmentOut(many=True), filters=True)
    def get(self, _request: Request) -> Response:
        """Those in which the caller is customer or provider, soonest first."""
        asked = self.query()
        self.ordering = (asked["ordering"], "id")
        rows = chosen(self.caller, asked).in_lists()
        return self.page(rows, shapes.AppointmentOut, caller=self.caller, now=timezone.now())

    def get_permissions(self) -> Any:
        """Whoever has no account may ask for a time as a guest."""
        return [AllowAny()] if self.request.method == "POST" else super().get_permissions()

    @extend_schema(
        request=shapes.Booking,
        parameters=[IDEMPOTENCY_KEY, *schema.headers("ETag", of=(201,))],
        responses={
            201: PolymorphicProxySerializer(
                component_name="BookedAnswer",
                serializers=[shapes.BookedOut, shapes.BookedSeriesOut],
                resource_type_field_name=None,
            ),
            **schema.problems(409, 422),
        },
    )
    def post(self, request: Request) -> HttpResponse:
        """Ask for a time, or, as its provider, book for somebody; with `recurrence` a series.

        Without a token `guest` says who asks; the answer has the link by which they look after it.
        """
        key, who = request.headers.get("Idempotency-Key"), Asker(self)
        if key is None:
            who.show()
            rendered = self.book(who)
        else:
            rendered = idempotency.once(
                who.owner,
                operation="book",
                key=key,
                body=request.data,
                act=lambda: self.book(who),
                before=None if who.user else who.show,
            )
        tag, _, body = rendered.partition("\n")
        headers = {"ETag": tag} if tag else {}
        return HttpResponse(body, status=201, content_type="application/json", headers=headers)

    def book(self, who: Asker) -> str:
        """The ETag and the body of the answer, as they are kept for a repeat."""
        made = making.book(who.asked, by=who.by, via=Way.API)
        if who.user is None:
            self.booker = links.holder(made.first)
        if made.series is not None:
            return f"\n{rendered(who.told(made, self.shown_series(made.series)))}"
        shown = self.shown(made.first)
        if who.asked.follow_ups:
            shown |= {"follow_ups": [self.shown(each) for each in made.follow_ups]}
        return f"{tagged(made.first)['ETag']}\n{rendered(who.told(made, shown))}"


def rendered(shown: dict[str, Any]) -> str:
    return JSONRenderer().render(shown).decode()


def chosen(user: User, asked: Mapping[str, Any]) -> AppointmentQuerySet:
    """The user's appointments that the filters leave."""
    theirs = Appointment.objects.visible_to(user)
    if asked.get("as") == "customer":
        theirs = Appointment.objects.as_customer(user)
    elif asked.get("as") == "provider":
        theirs = Appointment.objects.as_provider(user)
    if asked.get("status"):
        theirs = theirs.filter(status__in=asked["status"])
    if "from" in asked:
        theirs = theirs.filter(start__gte=asked["from"])
    if "to" in asked:
        theirs = theirs.filter(start__lt=asked["to"])
    return theirs.filter(series=asked["series"]) if "series" in asked else theirs


class Preview(AppointmentEndpoint):
    """What a booking would get."""

    permission_classes = [AllowAny]

    @extend_schema(request=shapes.Booking, responses=shapes.PreviewOut)
    def post(self, _request: Request) -> Response:
        """Whether a booking with this body would be made, and at what price. Books nothing."""
        who = Asker(self)
        return Response(shapes.PreviewOut(preview.preview(who.asked, by=who.look())).data)


class One(AppointmentEndpoint):
    """An appointment."""

    @extend_schema(responses=shapes.AppointmentOut, parameters=schema.headers("ETag"))
    def get(self, _request: Request, id: UUID) -> Response:  # noqa: A002
        """To its customer and its provider only."""
        return self.answer(self.visible(id))

    @extend_schema(
        request=shapes.Edited,
        parameters=[schema.IF_MATCH, *schema.headers("ETag")],
        responses={200: shapes.AppointmentOut, **schema.problems(412)},
    )
    def patch(self, _request: Request, id: UUID) -> Response:  # noqa: A002
        """Change the notes; where it takes place is the provider's to say."""
        asked, expected = self.body(shapes.Edited), self.expected(id)
        by, via = self.caller, Way.API
        with transaction.atomic():
            shown, place = None, asked.get("location")
            if place and place != shape.place(self.visible(id)):  # else it was only read
                shown = editing.relocate(
                    id,
                    by=by,
                    location=place["text"],
                    kind=LocationKind(place["kind"]),
                    expected=expected,
                    via=via,
                )
                expected = shown.version
            if shown is None or "notes" in asked:
                notes = asked["notes"] if "notes" in asked else self.visible(id).notes
                shown = editing.annotate(id, by=by, notes=notes, expected=expected, via=via)
        return self.answer(shown)


class History(AppointmentEndpoint):
    """What happened to an appointment."""

    @extend_schema(responses=shapes.HistoryEntry(many=True))
    def get(self, _request: Request, id: UUID) -> Response:  # noqa: A002
        """Every move, oldest first."""
        appointment = self.visible(id)
        history = list(appointment.moves.select_related("act"))
        for move in history:
            move.appointment = appointment  # with its people, for the names
        return Response(shapes.HistoryEntry(history, many=True).data)

"""Notices, preferences, and appointments as calendars read them."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import renderers, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from openslot.api.appointments.views import AppointmentEndpoint
from openslot.api.protocol import links
from openslot.api.protocol.endpoint import Endpoint
from openslot.api.protocol.fields import Body, InstantField
from openslot.api.protocol.pagination import Cursor
from openslot.notifications import feed, ics, kinds, notices, preferences, words
from openslot.notifications.models import Delivery


class NoticeOut(serializers.Serializer[Delivery]):
    """A notice, in the words and the zone of its reader."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=list(kinds.KINDS))
    title = serializers.SerializerMethodField()
    body = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()
    created_at = InstantField()
    read_at = InstantField(allow_null=True)

    def get_title(self, notice: Delivery) -> str:
        return words.told(notice).subject

    def get_body(self, notice: Delivery) -> str:
        return notices.body(notice)

    def get_url(self, notice: Delivery) -> str:
        return links.absolute(notices.path(notice))


class NoticeFilters(serializers.Serializer[Any]):
    """Which of the caller's notices."""

    unread = serializers.ChoiceField(choices=["true", "false"], required=False)


class NoticePages(Cursor):
    """Pages that say how many notices are unread."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        described = super().get_paginated_response_schema(schema)
        described["properties"]["unread_count"] = {"type": "integer", "minimum": 0}
        described["required"].append("unread_count")
        return described


class Notices(Endpoint):
    """The caller's notices."""

    queries: ClassVar = {"GET": NoticeFilters}
    pagination_class = NoticePages
    ordering = ("-created_at", "-id")

    @extend_schema(responses=NoticeOut(many=True), filters=True)
    def get(self, _request: Request) -> Response:
        """Newest first; with `unread=true` those alone that are not read."""
        asked = self.query()
        rows = Delivery.objects.visible_to(self.caller).with_subject()
        if "unread" in asked:
            rows = rows.filter(read_at__isnull=asked["unread"] == "true")
        with timezone.override(self.caller.zone):
            response = self.page(rows, NoticeOut)
        response.data["unread_count"] = notices.unread_count(self.caller)
        return response


class Read(Endpoint):
    @extend_schema(request=None, responses={204: None})
    def post(self, _request: Request, id: UUID) -> Response:  # noqa: A002
        """Mark one as read."""
        notices.read(id, by=self.caller)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ReadAll(Endpoint):
    @extend_schema(request=None, responses={204: None})
    def post(self, _request: Request) -> Response:
        """Mark all as read."""
        notices.read_all(self.caller)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Switches(Body):
    """Each kind, on or off."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {kind: serializers.BooleanField(required=False) for kind in kinds.KINDS}


class Texts(Body):
    """The kinds that come by text message, on or off."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {kind: serializers.BooleanField(required=False) for kind in kinds.TEXTED}


class Preferences(Body):
    email = Switches(required=False)
    in_app = Switches(required=False)
    sms = Texts(required=False, help_text="Where the installation sends text messages.")
    reminder_minutes = serializers.ListField(
        child=serializers.IntegerField(
            min_value=kinds.REMINDER_BOUNDS[0], max_value=kinds.REMINDER_BOUNDS[1]
        ),
        max_length=kinds.REMINDERS,
        required=False,
    )


class PreferencesView(Endpoint):
    @extend_schema(responses=Preferences)
    def get(self, _request: Request) -> Response:
        """What the caller is told, by channel, and when they are reminded."""
        return Response(preferences.shown(self.caller))

    @extend_schema(request=Preferences, responses=Preferences)
    def put(self, _request: Request) -> Response:
        """Set what is given; what is left out stays."""
        return Response(preferences.change(self.caller, **self.body(Preferences)))


class FeedOut(serializers.Serializer[Any]):
    url = serializers.URLField()


class FeedView(Endpoint):
    @extend_schema(responses=FeedOut)
    def get(self, _request: Request) -> Response:
        """The secret address of the caller's calendar."""
        return Response({"url": feed.address(self.caller)})

    @extend_schema(request=None, responses=FeedOut)
    def post(self, _request: Request) -> Response:
        """Another address; the old one leads nowhere any more."""
        return Response({"url": feed.renew(self.caller)})


class CalendarRenderer(renderers.BaseRenderer):
    """Lets clients ask for text/calendar; the view answers by itself."""

    media_type = "text/calendar"
    format = "ics"


class CalendarFile(AppointmentEndpoint):
    """An appointment as a file."""

    renderer_classes = [CalendarRenderer, renderers.JSONRenderer]

    @extend_schema(responses={(200, "text/calendar"): OpenApiTypes.STR})
    def get(self, _request: Request, id: UUID) -> HttpResponse:  # noqa: A002
        """As iCalendar (RFC 5545), to its customer and its provider only."""
        notice = self.visible(id)
        content = ics.file(notice, role=notice.role_of(self.caller))
        return HttpResponse(
            content,
            content_type="text/calendar; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{id}.ics"'},
        )

"""A calendar connection, as JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from openslot.api.protocol.fields import Body, InstantField
from openslot.sync.health import Health


class CalendarIn(Body):
    """Where events go, and which calendars block hours; what is left out stays."""

    target = serializers.CharField(max_length=1024, required=False)
    blocking = serializers.ListField(
        child=serializers.CharField(max_length=1024), max_length=250, required=False
    )


class Disconnecting(serializers.Serializer[Any]):
    """What becomes of the events to come that stand in Google."""

    events = serializers.ChoiceField(choices=["keep", "delete"], default="keep")


class Listed(serializers.Serializer[Any]):
    id = serializers.CharField(source="google_id")
    name = serializers.CharField()
    primary = serializers.BooleanField()
    writable = serializers.BooleanField(source="owned")


class CalendarOut(serializers.Serializer[Health]):
    """`broken` needs a person; `syncing` while a first pull or changes wait."""

    connected = serializers.SerializerMethodField()
    account = serializers.SerializerMethodField()
    target = serializers.CharField(allow_null=True)
    blocking = serializers.ListField(child=serializers.CharField())
    calendars = Listed(many=True)
    state = serializers.ChoiceField(choices=["ok", "syncing", "broken"], allow_null=True)
    last_synced_at = InstantField(source="connection.last_ok_at", default=None, allow_null=True)
    detail = serializers.CharField()

    def get_connected(self, health: Health) -> bool:
        return health.connection is not None

    def get_account(self, health: Health) -> str | None:
        return health.connection.email if health.connection else None


class ConnectOut(serializers.Serializer[Any]):
    authorization_url = serializers.URLField()

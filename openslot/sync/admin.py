"""The operator's health page: how people's calendars stand. Tokens are shown to nobody."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Count, Max, Min, Q, QuerySet
from django.http import HttpRequest  # noqa: TID251  Django's admin is a door of its own
from unfold.admin import ModelAdmin

from openslot.sync.models import Connection, Request


class ReadOnly(ModelAdmin):  # type: ignore[misc]
    def has_add_permission(self, request: object) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: object, obj: object = None) -> bool:  # noqa: ARG002
        return False


@admin.register(Connection)
class ConnectionAdmin(ReadOnly):
    list_display = (
        "id", "user", "state", "reason", "last_ok_at", "failures", "backoff_until",
        "waiting", "waits_since", "channel_ends", "last_push", "questions",
    )  # fmt: skip
    list_filter = ("state",)
    search_fields = ("user__email", "email")
    ordering = ("-failures", "-state_since")
    exclude = ("refresh_token", "access_token", "google_sub")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Connection]:
        waits = Q(changes__done_at__isnull=True)
        lives = Q(calendars__channels__stopped_at__isnull=True)
        connections: QuerySet[Connection] = super().get_queryset(request).select_related("user")
        return connections.annotate(
            of_waiting=Count("changes", filter=waits, distinct=True),
            of_waits_since=Min("changes__created_at", filter=waits),
            of_channel_ends=Max("calendars__channels__expires_at", filter=lives),
            of_last_push=Max("calendars__channels__spoke_at"),
            of_questions=Count("issues", filter=Q(issues__resolved_at__isnull=True), distinct=True),
        )

    @admin.display(description="Changes that wait")
    def waiting(self, connection: Connection) -> int:
        return connection.of_waiting  # type: ignore[attr-defined, no-any-return]

    @admin.display(description="Oldest of them")
    def waits_since(self, connection: Connection) -> object:
        return connection.of_waits_since  # type: ignore[attr-defined]

    @admin.display(description="Channels end")
    def channel_ends(self, connection: Connection) -> object:
        return connection.of_channel_ends  # type: ignore[attr-defined]

    @admin.display(description="Last push")
    def last_push(self, connection: Connection) -> object:
        return connection.of_last_push  # type: ignore[attr-defined]

    @admin.display(description="Open questions")
    def questions(self, connection: Connection) -> int:
        return connection.of_questions  # type: ignore[attr-defined, no-any-return]


@admin.register(Request)
class RequestAdmin(ReadOnly):
    list_display = ("at", "connection", "method", "status", "reason", "milliseconds")
    list_filter = ("method", "status")
    ordering = ("-at",)

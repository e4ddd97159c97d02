"""Appointments to look at. A status that could be edited here would be a door without rules."""

from __future__ import annotations

from django.contrib import admin
from unfold.admin import ModelAdmin, TabularInline

from openslot.appointments.models import Appointment, Move


class MoveInline(TabularInline):  # type: ignore[misc]
    model = Move
    fields = ("act", "action", "from_status", "to_status", "changes")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: object, obj: Appointment | None = None) -> bool:  # noqa: ARG002
        return False


@admin.register(Appointment)
class AppointmentAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("start", "service", "provider", "customer", "status", "needs_attention")
    list_filter = ("status", "needs_attention")
    list_select_related = ("service", "provider", "customer__user")
    search_fields = ("id", "provider__name", "customer__email", "customer__user__email")
    date_hierarchy = "start"
    ordering = ("-start",)
    exclude = ("held", "notes")  # what the two sides tell one another is theirs
    inlines = (MoveInline,)

    def has_add_permission(self, request: object) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: object, obj: Appointment | None = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: object, obj: Appointment | None = None) -> bool:  # noqa: ARG002
        return False

"""Appointments to look at. A status that could be edited here would be a door without rules:
what an operator may do with one goes by the function that everybody else's goes by.
"""

from __future__ import annotations

from typing import cast

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest  # noqa: TID251  Django's admin is a door of its own
from unfold.admin import TabularInline
from unfold.forms import ActionForm

from openslot.accounts.admin import ReadOnly, carry_out
from openslot.accounts.models import User
from openslot.appointments.changing import cancelling
from openslot.appointments.models import Act, Appointment, Move


class MoveInline(TabularInline):  # type: ignore[misc]
    model = Move
    fields = ("at", "role", "action", "from_status", "to_status", "changes")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Move]:
        moves: QuerySet[Move] = super().get_queryset(request).select_related("act")
        return moves

    @admin.display(description="When")
    def at(self, move: Move) -> object:
        return move.act.at

    @admin.display(description="By")
    def role(self, move: Move) -> str:
        return move.act.get_role_display()

    def has_add_permission(self, request: object, obj: Appointment | None = None) -> bool:  # noqa: ARG002
        return False


class ReasonForm(ActionForm):  # type: ignore[misc]
    """Beside the list of actions: why."""

    reason = forms.CharField(
        label="Reason, told to both sides",
        required=False,
        max_length=Act._meta.get_field("reason").max_length,
    )


@admin.register(Appointment)
class AppointmentAdmin(ReadOnly):
    list_display = ("start", "service", "provider", "customer", "status", "needs_attention")
    list_filter = ("status", "needs_attention")
    list_select_related = ("service", "provider", "customer__user")
    search_fields = ("id", "provider__name", "customer__email", "customer__user__email")
    date_hierarchy = "start"
    ordering = ("-start",)
    exclude = ("held", "notes")  # what the two sides tell one another is theirs
    inlines = (MoveInline,)
    action_form = ReasonForm
    actions = ("cancel",)

    @admin.action(description="Cancel, and tell both sides", permissions=["decide"])
    def cancel(self, request: HttpRequest, rows: QuerySet[Appointment]) -> None:
        by = cast(User, request.user)
        reason = " ".join(request.POST.get("reason", "").split())[:500]
        act = lambda one: cancelling.cancel_as_operator(one.pk, by=by, reason=reason)  # noqa: E731
        carry_out(request, rows, act, "Cancelled")

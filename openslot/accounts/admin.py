"""People, for the operator of the installation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import F, QuerySet
from django.http import HttpRequest  # noqa: TID251  Django's admin is a door of its own
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from openslot.accounts.models import Provider, Report, User
from openslot.accounts.operating import listing, reporting, suspending
from openslot.kernel.errors import DomainError

admin.site.unregister(Group)


def carry_out(
    request: HttpRequest, rows: Iterable[Any], act: Callable[[Any], object], done: str
) -> None:
    """Do it to each by the domain's own function, and say how it went; `done` names the outcome."""
    worked = 0
    for row in rows:
        try:
            act(row)
            worked += 1
        except DomainError as refusal:
            messages.error(request, f"{row}: {refusal.detail}")
    if worked:
        messages.success(request, f"{done}: {worked}")


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[misc, type-arg]
    """Who may sign in. Locking somebody out is an action: more ends with it than a tick says."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("email", "first_name", "last_name", "is_active", "is_staff", "date_joined")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "first_name", "last_name")
    ordering = ("email",)
    readonly_fields = ("is_active", "last_login", "date_joined")
    filter_horizontal = ("groups", "user_permissions")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "phone", "timezone", "language")}),
        ("Rights", {"fields": ("is_active", "is_staff", "is_superuser", "user_permissions")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "password1", "password2")}),)
    actions = ("suspend", "lift")

    def has_delete_permission(self, request: object, obj: User | None = None) -> bool:  # noqa: ARG002
        """People are erased by themselves, or suspended here: deleting would orphan records."""
        return False

    @admin.action(description="Suspend: sessions and tokens end at once", permissions=["change"])
    def suspend(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        by = cast(User, request.user)
        carry_out(request, rows, lambda user: suspending.suspend(user, by=by), "Suspended")

    @admin.action(description="Lift the suspension", permissions=["change"])
    def lift(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        carry_out(request, rows, suspending.lift, "Can sign in again")


class ReadOnly(ModelAdmin):  # type: ignore[misc]
    """To look at. Whoever may change such rows may carry out the actions."""

    def has_add_permission(self, request: object) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: object, obj: object = None) -> bool:  # noqa: ARG002
        return False

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return bool(super().has_change_permission(request))


@admin.register(Report)
class ReportAdmin(ReadOnly):
    """What visitors said of providers' pages; the open ones first."""

    list_display = ("reported_at", "provider", "wrong", "text", "email", "settled_at")
    list_filter = (("settled_at", admin.EmptyFieldListFilter), "wrong")
    list_select_related = ("provider",)
    search_fields = ("provider__name", "provider__slug", "text", "email")
    ordering = (F("settled_at").desc(nulls_first=True), "-reported_at")
    actions = ("settle",)

    @admin.action(description="Seen to", permissions=["decide"])
    def settle(self, request: HttpRequest, rows: QuerySet[Report]) -> None:
        carry_out(request, rows, reporting.settle, "Seen to")


@admin.register(Provider)
class ProviderAdmin(ReadOnly):
    """Who offers time, to look at: what they say of themselves is theirs."""

    list_display = ("name", "slug", "user", "timezone", "listing", "active", "created_at")
    list_filter = ("listing", "active", "confirmation")
    list_select_related = ("user",)
    search_fields = ("name", "slug", "user__email")
    exclude = ("photo", "name_folded", "headline_folded", "about_folded", "revision")
    ordering = ("name_folded",)
    actions = ("approve", "hide")

    @admin.action(description="Let customers find them", permissions=["decide"])
    def approve(self, request: HttpRequest, rows: QuerySet[Provider]) -> None:
        carry_out(request, rows, listing.approve, "Listed")

    @admin.action(description="Hide from customers", permissions=["decide"])
    def hide(self, request: HttpRequest, rows: QuerySet[Provider]) -> None:
        carry_out(request, rows, listing.hide, "Hidden")

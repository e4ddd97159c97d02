"""People, for the operator of the installation."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from openslot.accounts.models import Provider, User

admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[misc, type-arg]
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("email", "first_name", "last_name", "is_active", "is_staff", "date_joined")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "first_name", "last_name")
    ordering = ("email",)
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ("groups", "user_permissions")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "phone", "timezone", "language")}),
        ("Rights", {"fields": ("is_active", "is_staff", "is_superuser", "user_permissions")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "password1", "password2")}),)

    def has_delete_permission(self, request: object, obj: User | None = None) -> bool:  # noqa: ARG002
        """People are erased by themselves, or locked out here: deleting would orphan records."""
        return False


@admin.register(Provider)
class ProviderAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("name", "slug", "user", "timezone", "confirmation", "active")
    list_filter = ("active", "confirmation")
    list_select_related = ("user",)
    search_fields = ("name", "slug", "user__email")
    autocomplete_fields = ("user",)
    exclude = ("photo",)
    ordering = ("name_folded",)

    def has_delete_permission(self, request: object, obj: Provider | None = None) -> bool:  # noqa: ARG002
        return False

"""The catalogue, for the operator: categories are theirs, services are their providers'."""

from __future__ import annotations

from django.contrib import admin
from unfold.admin import ModelAdmin

from openslot.catalog.models import Category, Service


@admin.register(Category)
class CategoryAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("name", "slug", "icon", "position")
    list_editable = ("position",)
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    exclude = ("providers",)


@admin.register(Service)
class ServiceAdmin(ModelAdmin):  # type: ignore[misc]
    """To look at: what services require of one another is checked in `offering`."""

    list_display = ("name", "provider", "category", "duration_minutes", "pricing", "active")
    list_filter = ("active", "pricing", "category")
    list_select_related = ("provider", "category")
    search_fields = ("name", "provider__name")
    ordering = ("name_folded",)

    def has_add_permission(self, request: object) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: object, obj: Service | None = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: object, obj: Service | None = None) -> bool:  # noqa: ARG002
        return False

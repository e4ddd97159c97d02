"""The pages of a provider's hours."""

from __future__ import annotations

from django.urls import URLPattern, path

from openslot.web.opening import editor

urlpatterns: list[URLPattern] = [
    path("provider/hours/", editor.editor, name="hours"),
    path("provider/special-hours/", editor.special_hours, name="special_hours"),
    path(
        "provider/special-hours/<uuid:pk>/remove/",
        editor.remove_special,
        name="special_hours_remove",
    ),
]

"""Every address under /api/, room by room. What no route takes is answered as a problem."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path

from openslot.api.protocol import docs, errors

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", docs.SchemaView.as_view(), name="api-schema"),
    path("docs/", docs.DocsView.as_view(url_name="api-schema"), name="api-docs"),
    path("", include("openslot.api.accounts.urls")),
    path("", include("openslot.api.catalog.urls")),
    path("", include("openslot.api.availability.urls")),
    path("", include("openslot.api.provider.urls")),
    path("", include("openslot.api.webhooks.urls")),
    path("", include("openslot.api.appointments.urls")),
    path("", include("openslot.api.guests.urls")),
    path("", include("openslot.api.notifications.urls")),
    path("", include("openslot.api.calendar.urls")),
    re_path(r"", errors.unknown_path),
]

"""Every address under /api/. What no route takes is answered as a problem, by the last one."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from openslot.api import docs, errors

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", docs.SchemaView.as_view(), name="api-schema"),
    path("docs/", docs.DocsView.as_view(url_name="api-schema"), name="api-docs"),
    re_path(r"", errors.unknown_path),
]

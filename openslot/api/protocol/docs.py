"""The description of the API, to be read by programs and by people."""

from __future__ import annotations

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView


class SchemaView(SpectacularAPIView):
    """The description itself, as YAML or (`Accept: application/json`) JSON."""

    authentication_classes = []
    throttle_classes = []


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI, from our own static files and scripts alone."""

    authentication_classes = []
    throttle_classes = []
    template_name = "api/docs.html"

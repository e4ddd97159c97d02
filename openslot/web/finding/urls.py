"""Where people look for a provider."""

from __future__ import annotations

from django.contrib.sitemaps.views import index, sitemap
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from openslot.web.finding import engines, find, providers, report

urlpatterns: list[URLPattern] = [
    path("robots.txt", engines.robots, name="robots"),
    path("favicon.ico", engines.favicon, name="favicon"),
    path("sitemap.xml", require_safe(index), {"sitemaps": engines.SITEMAPS}, name="sitemap"),
    path(
        "sitemap-<slug:section>.xml",
        require_safe(sitemap),
        {"sitemaps": engines.SITEMAPS},
        name="django.contrib.sitemaps.views.sitemap",
    ),
    path("find/", find.find, name="find"),
    path("p/<slug:slug>/", providers.provider, name="provider"),
    path("p/<slug:slug>/report/", report.report, name="report"),
]

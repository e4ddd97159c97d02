"""Where people look for a provider."""

from __future__ import annotations

from django.urls import URLPattern, path

from openslot.web.finding import home, providers

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("find/", home.find, name="find"),
    path("p/<slug:slug>/", providers.provider, name="provider"),
]

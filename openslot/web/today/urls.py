"""Home."""

from __future__ import annotations

from django.urls import URLPattern, path

from openslot.web.today import today

urlpatterns: list[URLPattern] = [path("", today.today, name="home")]

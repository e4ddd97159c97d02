"""The planner."""

from __future__ import annotations

from django.urls import URLPattern, path

from openslot.web.planner import planner

urlpatterns: list[URLPattern] = [
    path("provider/planner/", planner.planner, name="planner"),
    path("provider/planner/events/", planner.events, name="planner_events"),
]

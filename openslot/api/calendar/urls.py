"""A person's own calendar elsewhere."""

from __future__ import annotations

from django.urls import URLPattern, path

from openslot.api.calendar import views

urlpatterns: list[URLPattern] = [
    path("calendar/", views.CalendarView.as_view()),
    path("calendar/connect/", views.Connect.as_view()),
    path("calendar/sync/", views.SyncNow.as_view()),
]

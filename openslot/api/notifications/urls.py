"""Being told."""

from __future__ import annotations

from django.urls import URLPattern, path

from openslot.api.notifications import views

urlpatterns: list[URLPattern] = [
    path("appointments/<uuid:id>.ics", views.CalendarFile.as_view()),
    path("notifications/", views.Notices.as_view()),
    path("notifications/read-all/", views.ReadAll.as_view()),
    path("notifications/<uuid:id>/read/", views.Read.as_view()),
    path("notification-preferences/", views.PreferencesView.as_view()),
    path("me/feed/", views.FeedView.as_view()),
]

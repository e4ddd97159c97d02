"""For people without an account: the digits that are mailed, and what is behind a link."""

from __future__ import annotations

from django.urls import URLPattern, path

from openslot.api.guests import views

LINK = "guest/appointments/<str:token>"
urlpatterns: list[URLPattern] = [
    path("guest/code/", views.Code.as_view()),
    path(f"{LINK}/", views.One.as_view()),
    path(f"{LINK}/accept/", views.Accept.as_view()),
    path(f"{LINK}/decline/", views.Decline.as_view()),
    path(f"{LINK}/withdraw/", views.Withdraw.as_view()),
    path(f"{LINK}/cancel/", views.Cancel.as_view()),
    path(f"{LINK}/reschedule/", views.Reschedule.as_view()),
    path(f"{LINK}/calendar.ics", views.CalendarFile.as_view()),
]

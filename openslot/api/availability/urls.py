"""Free time, and a provider's hours, special days and time off."""

from __future__ import annotations

from django.urls import URLPattern, path

from openslot.api.availability import views

urlpatterns: list[URLPattern] = [
    path("providers/<slug:slug>/availability/", views.Availability.as_view()),
    path("availability/earliest/", views.Earliest.as_view()),
    path("provider/working-hours/", views.Week.as_view()),
    path("provider/special-hours/", views.SpecialDays.as_view()),
    path("provider/special-hours/<uuid:id>/", views.SpecialDay.as_view()),
    path("provider/time-off/", views.TimesOff.as_view()),
    path("provider/time-off/<uuid:id>/", views.OneTimeOff.as_view()),
]

"""Appointments and series."""

from __future__ import annotations

from django.urls import URLPattern, path

from openslot.api.appointments import holds, moves, series, views

urlpatterns: list[URLPattern] = [
    path("appointments/", views.Appointments.as_view()),
    path("appointments/preview/", views.Preview.as_view()),
    path("appointments/<uuid:id>/", views.One.as_view()),
    path("appointments/<uuid:id>/history/", views.History.as_view()),
    path("appointments/<uuid:id>/accept/", moves.Accept.as_view()),
    path("appointments/<uuid:id>/decline/", moves.Decline.as_view()),
    path("appointments/<uuid:id>/withdraw/", moves.Withdraw.as_view()),
    path("appointments/<uuid:id>/cancel/", moves.Cancel.as_view()),
    path("appointments/<uuid:id>/reschedule/", moves.Reschedule.as_view()),
    path("appointments/<uuid:id>/complete/", moves.Complete.as_view()),
    path("appointments/<uuid:id>/no-show/", moves.NoShow.as_view()),
    path("holds/", holds.Holds.as_view()),
    path("holds/<str:id>/", holds.OneHold.as_view()),
    path("series/<uuid:id>/", series.One.as_view()),
    path("series/<uuid:id>/extend/", series.Extend.as_view()),
    path("series/<uuid:id>/extend/preview/", series.ExtendPreview.as_view()),
]

"""Where an appointment is looked at and changed."""

from __future__ import annotations

from django.urls import URLPattern, path

from openslot.web.appointment import appointments, elsewhere, invitations, listing, series

urlpatterns: list[URLPattern] = [
    path("appointments/", listing.appointments, name="appointments"),
    path("appointments/<uuid:pk>/", appointments.appointment, name="appointment"),
    path("appointments/<uuid:pk>/calendar.ics", elsewhere.calendar_file, name="appointment_file"),
    path("appointments/<uuid:pk>/reschedule/", appointments.reschedule, name="reschedule"),
    path("appointments/<uuid:pk>/invitation/", invitations.invitation, name="invitation"),
    path("appointments/<uuid:pk>/propose/", appointments.propose, name="propose"),
    path("appointments/<uuid:pk>/<slug:action>/", appointments.act, name="act"),
    path("series/<uuid:pk>/", series.series, name="series"),
    path("series/<uuid:pk>/extend/", series.extend, name="series_extend"),
]

"""Every address under /api/. What no route takes is answered as a problem, by the last one."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from openslot.api import appointments, availability, docs, errors, moves

urlpatterns: list[URLPattern | URLResolver] = [
    path("providers/<slug:slug>/availability/", availability.Availability.as_view()),
    path("availability/earliest/", availability.Earliest.as_view()),
    path("provider/working-hours/", availability.Week.as_view()),
    path("provider/special-hours/", availability.SpecialDays.as_view()),
    path("provider/special-hours/<uuid:id>/", availability.SpecialDay.as_view()),
    path("provider/time-off/", availability.TimesOff.as_view()),
    path("provider/time-off/<uuid:id>/", availability.OneTimeOff.as_view()),
    path("appointments/", appointments.Appointments.as_view()),
    path("appointments/preview/", appointments.Preview.as_view()),
    path("appointments/<uuid:id>/", appointments.One.as_view()),
    path("appointments/<uuid:id>/history/", appointments.History.as_view()),
    path("appointments/<uuid:id>/accept/", moves.Accept.as_view()),
    path("appointments/<uuid:id>/decline/", moves.Decline.as_view()),
    path("appointments/<uuid:id>/withdraw/", moves.Withdraw.as_view()),
    path("appointments/<uuid:id>/cancel/", moves.Cancel.as_view()),
    path("appointments/<uuid:id>/reschedule/", moves.Reschedule.as_view()),
    path("appointments/<uuid:id>/complete/", moves.Complete.as_view()),
    path("appointments/<uuid:id>/no-show/", moves.NoShow.as_view()),
    path("schema/", docs.SchemaView.as_view(), name="api-schema"),
    path("docs/", docs.DocsView.as_view(url_name="api-schema"), name="api-docs"),
    re_path(r"", errors.unknown_path),
]

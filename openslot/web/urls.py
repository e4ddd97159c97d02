"""Every page's address. Names are what templates and views reverse; nothing else is fixed."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path

from openslot.web import accounts, appointments, home, look, providers


def later(_request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


everybody: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("find/", home.find, name="find"),
    path("p/<slug:slug>/", providers.provider, name="provider"),
    path("p/<slug:slug>/<uuid:service>/book/", appointments.book, name="book"),
]

customers: list[URLPattern | URLResolver] = [
    path("appointments/", appointments.appointments, name="appointments"),
    path("appointments/<uuid:pk>/", appointments.appointment, name="appointment"),
    path("appointments/<uuid:pk>/reschedule/", appointments.reschedule, name="reschedule"),
    path("appointments/<uuid:pk>/<slug:action>/", appointments.act, name="act"),
    path("me/", accounts.profile, name="profile"),
    path("me/photo/", accounts.photo, name="me_photo"),
    path("me/export/", accounts.export, name="me_export"),
    path("me/erase/", accounts.erase, name="me_erase"),
    path("provider/new/", accounts.become_provider, name="become_provider"),
]

# The provider's desk.
desk: list[URLPattern | URLResolver] = [
    path("provider/requests/", later, name="requests"),
    path("provider/agenda/", later, name="agenda"),
    path("provider/services/", later, name="services"),
    path("provider/services/new/", later, name="service_new"),
    path("provider/services/<uuid:pk>/", later, name="service"),
    path("provider/hours/", later, name="hours"),
    path("provider/special-hours/", later, name="special_hours"),
    path("provider/time-off/", later, name="time_off"),
    path("provider/profile/", later, name="provider_profile"),
    path("provider/customers/", later, name="customers"),
    path("provider/book/", later, name="provider_book"),
]

urlpatterns: list[URLPattern | URLResolver] = [*everybody, *customers, *desk]

if not settings.PRODUCTION:
    urlpatterns.append(path("dev/look/", look.look, name="look"))

"""Where people without an account look after what they booked."""

from __future__ import annotations

from django.urls import URLPattern, path

from openslot.web.guest import account, pages, renewing

urlpatterns: list[URLPattern] = [
    path("guest/", renewing.links, name="guest_links"),
    path("guest/account/", account.account, name="guest_account"),
    path("guest/<str:token>/account/", account.begin, name="guest_keep"),
    path("guest/<str:token>/", pages.appointment, name="guest_appointment"),
    path("guest/<str:token>/reschedule/", pages.reschedule, name="guest_reschedule"),
    path("guest/<str:token>/calendar.ics", pages.calendar_file, name="guest_file"),
    path("guest/<str:token>/<slug:action>/", pages.act, name="guest_act"),
]

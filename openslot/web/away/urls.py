"""Where a provider takes many days off at once."""

from __future__ import annotations

from django.urls import URLPattern, path

from openslot.web.away import many

urlpatterns: list[URLPattern] = [
    path("provider/days-off/", many.many, name="time_off_many"),
    path("provider/days-off/file/", many.from_file, name="time_off_file"),
    path("provider/days-off/take/", many.take, name="time_off_take_many"),
]

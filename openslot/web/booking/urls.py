"""Where people book."""

from __future__ import annotations

from django.urls import URLPattern, path

from openslot.web.booking import book, holding, several

urlpatterns: list[URLPattern] = [
    path("hold/", holding.hold, name="hold"),
    path("p/<slug:slug>/<uuid:service>/book/", book.book, name="book"),
    path("p/<slug:slug>/<uuid:service>/book/several/", several.book_several, name="book_several"),
]

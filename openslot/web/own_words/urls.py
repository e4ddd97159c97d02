"""A provider's mails to customers."""

from __future__ import annotations

from django.urls import URLPattern, path

from openslot.web.own_words import pages

urlpatterns: list[URLPattern] = [
    path("provider/words/", pages.index, name="own_words"),
    path("provider/words/<slug:kind>/", pages.words, name="own_words_of"),
]

"""The questions of a service."""

from __future__ import annotations

from django.urls import URLPattern, path

from openslot.web.asking import questions

SERVICE = "provider/services/<uuid:pk>/questions/"

urlpatterns: list[URLPattern] = [
    path(SERVICE, questions.index, name="questions"),
    path(f"{SERVICE}<uuid:question>/", questions.question, name="question"),
    path(f"{SERVICE}<uuid:question>/remove/", questions.remove, name="question_remove"),
    path(f"{SERVICE}<uuid:question>/up/", questions.up, name="question_up"),
]

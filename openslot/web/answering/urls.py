"""Requests, and the answers to them."""

from __future__ import annotations

from django.urls import URLPattern, path

from openslot.web.answering import one, several

urlpatterns: list[URLPattern] = [
    path("provider/requests/", one.requests, name="requests"),
    path("provider/requests/answer/", several.answer, name="answer_requests"),
    path("provider/requests/<uuid:pk>/accept/", one.accept, name="accept_request"),
    path("provider/requests/<uuid:pk>/decline/", one.decline, name="decline_request"),
]

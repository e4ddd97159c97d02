"""Requests, and what else waits for a provider's word, with the answers."""

from __future__ import annotations

from django.urls import URLPattern, path

from openslot.web.answering import clocks, one, several

urlpatterns: list[URLPattern] = [
    path("provider/requests/", one.requests, name="requests"),
    path("provider/requests/answer/", several.answer, name="answer_requests"),
    path("provider/clocks/", clocks.clocks, name="clocks"),
    path("provider/clocks/answer/", clocks.answer, name="answer_clocks"),
    path("provider/requests/<uuid:pk>/accept/", one.accept, name="accept_request"),
    path("provider/requests/<uuid:pk>/decline/", one.decline, name="decline_request"),
]

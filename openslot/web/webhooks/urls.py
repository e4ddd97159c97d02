"""Where a provider's appointments are told to other programs."""

from __future__ import annotations

from django.urls import URLPattern, path

from openslot.web.webhooks import pages

ONE = "provider/webhooks/<uuid:pk>/"

urlpatterns: list[URLPattern] = [
    path("provider/webhooks/", pages.index, name="webhooks"),
    path("provider/webhooks/new/", pages.new, name="webhook_new"),
    path(ONE, pages.webhook, name="webhook"),
    path(f"{ONE}rotate/", pages.rotate, name="webhook_rotate"),
    path(f"{ONE}test/", pages.test, name="webhook_test"),
    path(f"{ONE}remove/", pages.remove, name="webhook_remove"),
    path(f"{ONE}deliveries/<uuid:message>/retry/", pages.retry, name="webhook_retry"),
]

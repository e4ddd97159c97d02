"""A provider's webhooks."""

from __future__ import annotations

from django.urls import URLPattern, path

from openslot.api.webhooks import views

urlpatterns: list[URLPattern] = [
    path("provider/webhooks/", views.WebhooksView.as_view()),
    path("provider/webhooks/<uuid:webhook_id>/", views.WebhookView.as_view()),
    path("provider/webhooks/<uuid:webhook_id>/rotate/", views.RotateView.as_view()),
    path("provider/webhooks/<uuid:webhook_id>/test/", views.TryView.as_view()),
    path("provider/webhooks/<uuid:webhook_id>/deliveries/", views.DeliveriesView.as_view()),
    path(
        "provider/webhooks/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/retry/",
        views.RetryView.as_view(),
    ),
]

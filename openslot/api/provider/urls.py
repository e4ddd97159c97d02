"""The provider's own desk."""

from __future__ import annotations

from django.urls import URLPattern, path

from openslot.api.provider import analytics, own_words, views, why

urlpatterns: list[URLPattern] = [
    path("provider/", views.ProviderDeskView.as_view()),
    path("provider/analytics/", analytics.AnalyticsView.as_view()),
    path("provider/why/", why.WhyView.as_view()),
    path("provider/words/", own_words.WordsView.as_view()),
    path("provider/photo/", views.ProviderPhotoView.as_view()),
    path("provider/services/", views.ServicesView.as_view()),
    path("provider/services/<uuid:service_id>/", views.ServiceView.as_view()),
    path("provider/customers/", views.CustomersView.as_view()),
    path("provider/customers/<uuid:customer_id>/", views.CustomerView.as_view()),
    path("provider/customers/<uuid:customer_id>/merge/", views.MergeView.as_view()),
]

"""What anybody may see."""

from __future__ import annotations

from django.urls import URLPattern, path

from openslot.api.catalog import views

urlpatterns: list[URLPattern] = [
    path("categories/", views.CategoriesView.as_view()),
    path("providers/", views.ProvidersView.as_view()),
    path("providers/<slug:slug>/", views.ProviderView.as_view()),
]

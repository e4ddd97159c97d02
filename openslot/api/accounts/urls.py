"""People: signing up and in, and what they keep about themselves."""

from __future__ import annotations

from django.urls import URLPattern, path

from openslot.api.accounts import views

urlpatterns: list[URLPattern] = [
    path("challenge/", views.ChallengeView.as_view()),
    path("signup/", views.SignUpView.as_view()),
    path("token/", views.TokenView.as_view()),
    path("token/refresh/", views.TokenRefreshView.as_view()),
    path("token/revoke/", views.TokenRevokeView.as_view()),
    path("token/google/", views.TokenGoogleView.as_view()),
    path("me/", views.MeView.as_view()),
    path("me/photo/", views.MyPhotoView.as_view()),
    path("me/export/", views.ExportView.as_view()),
]

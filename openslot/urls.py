from django.contrib import admin
from django.urls import include, path

from openslot.web import accounts

urlpatterns = [
    path("api/", include("openslot.api.urls")),
    path("accounts/signup/", accounts.sign_up, name="account_signup"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("openslot.web.urls")),
]

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("api/", include("openslot.api.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("openslot.web.urls")),
]

import sys

from django.contrib import admin
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import include, path
from django.views import defaults

from openslot import threshold
from openslot.api import health, metrics
from openslot.api.calendar import push
from openslot.api.protocol import errors
from openslot.web.operators import seen

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("seen", seen.seen, name="seen"),
    path("metrics", metrics.metrics, name="metrics"),
    path("api/", include("openslot.api.urls")),
    path("hooks/google/calendar/", push.push, name="google_push"),
    path("accounts/", include("openslot.web.account.entrance")),  # before allauth's own
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("openslot.web.urls")),
]


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return threshold.too_large(request)
    if errors.concerns(request):
        return errors.bad_request(request, exception)
    # Django's own looks for a token in the body once more, which may be what could not be read.
    return HttpResponse(render_to_string("400.html"), status=400)


def handler500(request: HttpRequest) -> HttpResponse:
    error = sys.exception()
    if threshold.is_away(error):
        return threshold.unavailable(request, error)
    if errors.concerns(request):
        return errors.server_error(request)
    return defaults.server_error(request)

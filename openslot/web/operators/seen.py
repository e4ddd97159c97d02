"""How a request looks once it has come through the proxies: for `openslot check-setup` alone."""

from __future__ import annotations

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from openslot.kernel import callers

SALT = "openslot.web.operators.seen"
SECONDS = 60


def key() -> str:
    """What shows for a minute that whoever asks has our SECRET_KEY."""
    return signing.dumps({}, salt=SALT)


@require_safe
@never_cache
def seen(request: HttpRequest) -> HttpResponse:
    """404 for everybody without the key."""
    try:
        signing.loads(request.headers.get("Authorization", ""), salt=SALT, max_age=SECONDS)
    except signing.BadSignature as error:
        raise Http404 from error
    return JsonResponse(
        {
            "scheme": request.scheme,
            "host": request.META.get("HTTP_HOST", ""),
            "caller": callers.address(request.META),
            "forwarded_for": request.META.get("HTTP_X_FORWARDED_FOR", ""),
            "forwarded_proto": request.META.get("HTTP_X_FORWARDED_PROTO", ""),
        }
    )

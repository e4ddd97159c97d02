"""Pictures of people, from the data folder; with STORAGE_URL they come from there instead."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe
from django.views.static import serve


@require_safe
def photo(request: HttpRequest, path: str) -> HttpResponseBase:
    """A picture; its name changes with its content, so browsers may keep it for good."""
    answer = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    patch_cache_control(answer, public=True, max_age=31_536_000, immutable=True)
    answer.headers["Content-Security-Policy"] = "default-src 'none'"
    return answer

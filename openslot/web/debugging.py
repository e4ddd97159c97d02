"""The pages that show a failure to a developer (only where DEBUG is on), without live secrets."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

from openslot.kernel import masking


class Reporter(ExceptionReporter):
    """Django's page for a failure."""

    def get_traceback_html(self) -> SafeString:
        return mark_safe(masking.masked(super().get_traceback_html()))  # noqa: S308

    def get_traceback_text(self) -> SafeString:
        return mark_safe(masking.masked(super().get_traceback_text()))  # noqa: S308


class ReporterFilter(SafeExceptionReporterFilter):
    """What that page shows of settings and of the request."""

    hidden_settings = re.compile(
        r"API|AUTH|TOKEN|KEY|SECRET|PASS|SIGNATURE|COOKIE|URL|DATABASES|STORAGES", re.IGNORECASE
    )

    def get_safe_request_meta(self, request: HttpRequest) -> dict[str, Any]:
        meta = super().get_safe_request_meta(request)
        return {name: masking.masked(v) if isinstance(v, str) else v for name, v in meta.items()}

"""Cookies, https, what a page may load, and what logs say."""

from __future__ import annotations

from csp.constants import NONE, SELF

from openslot import logs, variables
from openslot.settings.files import MEDIA_URL
from openslot.settings.google import GOOGLE_CONSENT
from openslot.settings.place import HTTPS, PRODUCTION, TRUSTED_PROXIES

# On https no other host of the domain can set them, and none is sent in clear.
HOST_ALONE = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{HOST_ALONE}sessionid", f"{HOST_ALONE}csrftoken"
SESSION_ENGINE = "openslot.accounts.signing.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS and variables.is_on("SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$", r"^seen$"]
METRICS_TOKEN = variables.text("METRICS_TOKEN")
SECURE_HSTS_SECONDS = variables.number("HSTS_SECONDS", 31_536_000 if PRODUCTION and HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = variables.is_on("HSTS_INCLUDE_SUBDOMAINS")
SECURE_HSTS_PRELOAD = variables.is_on("HSTS_PRELOAD")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/admin/"],
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *([MEDIA_URL] if MEDIA_URL.startswith("http") else [])],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF, *GOOGLE_CONSENT],
        "frame-ancestors": [NONE],
    },
}

DEFAULT_EXCEPTION_REPORTER = "openslot.web.debugging.Reporter"
DEFAULT_EXCEPTION_REPORTER_FILTER = "openslot.web.debugging.ReporterFilter"
LOGGING = logs.LOGGING

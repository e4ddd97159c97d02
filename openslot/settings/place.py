"""Where this installation stands: its folder, its secrets, its address, its database."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from openslot import environment, variables

variables.check()
BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = environment.data_dir()
PRODUCTION = environment.production()
DEBUG = not PRODUCTION and variables.is_on("DEBUG")

SECRET_KEY = environment.kept_secret("SECRET_KEY") or "unset"
ENCRYPTION_KEYS = environment.kept_secret("ENCRYPTION_KEYS")

BASE_URL = environment.base_url()
HTTPS = BASE_URL.startswith("https://")
_host = urlsplit(BASE_URL).hostname or "localhost"
ALLOWED_HOSTS = variables.names("ALLOWED_HOSTS")
# Health checks come by 127.0.0.1. A page elsewhere whose name leads here is not to read along.
ALLOWED_HOSTS += ["127.0.0.1"] if PRODUCTION else ["localhost", ".localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS += [_host] if not PRODUCTION or len(ALLOWED_HOSTS) == 1 else []
CSRF_TRUSTED_ORIGINS = [BASE_URL] if HTTPS else []
# How many proxies' X-Forwarded-… count, for every limit and for the scheme; see kernel/callers.py.
TRUSTED_PROXIES = ALLAUTH_TRUSTED_PROXY_COUNT = variables.number("TRUSTED_PROXIES")

DATABASES = {"default": environment.database_settings()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    # Shared by all processes: what counts towards a limit on sign-in or sign-up.
    "default": {
        "BACKEND": "openslot.kernel.keeping.counters.Counters",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # beyond it what has expired goes at every write
    },
    # One for each process: the broad limits, where a rough count will do.
    "local": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}

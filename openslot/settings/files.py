"""Languages, files, and how mail leaves."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from openslot import environment, variables
from openslot.settings.place import BASE_DIR, BASE_URL, DATA_DIR, DEBUG, PRODUCTION
from openslot.variables import addresses

# Language and time: the server lives in UTC, people in their own zone. -----------------------

LANGUAGE_CODE = "en"
LANGUAGES = environment.languages(BASE_DIR)
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# Files ---------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(variables.text("STATIC_ROOT", str(DATA_DIR / "static"))).resolve()
STATICFILES_DIRS = [BASE_DIR / "web" / "static"]
MEDIA_URL = variables.text("MEDIA_URL")
MEDIA_ROOT = DATA_DIR / "media"
STORAGE_URL = variables.text("STORAGE_URL")
MANIFEST = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": MANIFEST if PRODUCTION else "openslot.web.assets.BuiltFilesStorage"},
}
if STORAGE_URL:
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": addresses.storage(STORAGE_URL),
    }
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 60 if PRODUCTION else 30 * 24 * 60 * 60  # of names that stay the same
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
PHOTO_MAX_BYTES = 5_000_000

# Mail ----------------------------------------------------------------------------------------

_host = urlsplit(BASE_URL).hostname or "localhost"
EMAIL_URL = variables.text("EMAIL_URL")
vars().update(environment.mail_server())  # EMAIL_BACKEND, EMAIL_HOST and their like
EMAIL_SMTPUTF8 = variables.is_on("EMAIL_SMTPUTF8")
EMAIL_FILE_PATH = str(DATA_DIR / "mail")
EMAIL_TIMEOUT = 20
NOTIFY_URL_SMS = variables.text("NOTIFY_URL_SMS")
DEFAULT_FROM_EMAIL = variables.text("DEFAULT_FROM_EMAIL", f"OpenSlot <openslot@{_host}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

"""Django's settings. What the environment says comes by way of `openslot.variables`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from openslot import environment, logs, variables
from openslot.variables import addresses

variables.check()
BASE_DIR = Path(__file__).resolve().parent
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

INSTALLED_APPS = [
    "openslot.kernel",
    "openslot.accounts",
    "openslot.catalog",
    "openslot.availability",
    "openslot.appointments",
    "openslot.notifications",
    "openslot.sync",
    "openslot.webhooks",
    "openslot.privacy",
    "openslot.api",
    "openslot.web",
    "openslot.demo",
    "unfold.apps.BasicAppConfig",
    "openslot.web.apps.OperatorsConfig",  # the admin
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.google",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_filters",
    "django_htmx",
    "djmoney",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "procrastinate.contrib.django",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
    "template_partials",
]

MIDDLEWARE = [
    "openslot.web.languages.of_browser",
    "openslot.threshold.methods",
    "openslot.threshold.bounded",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "openslot.web.middleware.legible_cookies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "openslot.web.languages.of_reader",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "openslot.web.middleware.unkept",
    "openslot.web.middleware.leading_back",
    "openslot.web.middleware.reader_zone",
    "openslot.web.limiting.Limits",
    "openslot.api.protocol.middleware.readable",
    "openslot.web.errors.Refusals",
]

ROOT_URLCONF = "openslot.urls"
WSGI_APPLICATION = "openslot.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "openslot.web.context.requests_waiting",
                "openslot.web.context.google",
            ],
            "builtins": [
                *("django.templatetags.i18n", "django.templatetags.tz"),
                "openslot.accounts.templatetags.legal",
                "openslot.web.templatetags.openslot_ui",
                "openslot.web.templatetags.openslot_booking",
            ],
        },
    }
]

# Database ------------------------------------------------------------------------------------

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

# People --------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "openslot.accounts.signing.hashers.Argon2idHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
] + [{"NAME": "openslot.accounts.signing.words.SiteWordsValidator"}]
# E-mail is unique by a constraint; whether HSTS may hold for other hosts only their owner knows.
SILENCED_SYSTEM_CHECKS = ["auth.W004", "security.W005", "security.W021"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
RATE_LIMITS = variables.text("RATE_LIMITS")
EMAIL_VERIFICATION = variables.text("EMAIL_VERIFICATION", "mandatory" if PRODUCTION else "optional")

ACCOUNT_ADAPTER = "openslot.accounts.signing.adapter.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "openslot.accounts.signing.adapter.SocialAccountAdapter"
ACCOUNT_FORMS = {
    "login": "openslot.accounts.signing.forms.LoginForm",
    "add_email": "openslot.accounts.signing.forms.AddEmailForm",
    "signup": "openslot.accounts.signing.forms.SignupForm",
    "reset_password": "openslot.accounts.signing.forms.ResetPasswordForm",
    "user_token": "openslot.accounts.signing.forms.UserTokenForm",
    "reset_password_from_key": "openslot.accounts.signing.forms.ResetPasswordKeyForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
GUEST_VERIFICATION = variables.text("GUEST_VERIFICATION", "code" if PRODUCTION else "none")
IMPRINT_URL = variables.text("IMPRINT_URL")
PRIVACY_URL = variables.text("PRIVACY_URL")
PROVIDER_APPROVAL = variables.text("PROVIDER_APPROVAL")
RETENTION_DAYS = variables.number("RETENTION_DAYS") if variables.is_set("RETENTION_DAYS") else 0
CHALLENGE = variables.text("CHALLENGE", "auto" if PRODUCTION else "off")
ACCOUNT_EMAIL_VERIFICATION = EMAIL_VERIFICATION
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # in the browser that has just signed up
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_REAUTHENTICATION_REQUIRED = False
if RATE_LIMITS == "off":
    ACCOUNT_RATE_LIMITS: Any = False
SOCIALACCOUNT_STORE_TOKENS = False
MFA_ADAPTER = "openslot.accounts.factors.Adapter"
MFA_FORMS = {
    "authenticate": "openslot.accounts.signing.forms.AuthenticateForm",
    "reauthenticate": "openslot.accounts.signing.forms.ReauthenticateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]

# Google: sign-in and calendars come with a client id; the emulator is for development and tests.
GOOGLE_CLIENT_ID = variables.text("GOOGLE_CLIENT_ID")
GOOGLE_CLIENT_SECRET = variables.text("GOOGLE_CLIENT_SECRET")
GOOGLE_CALENDAR_CLIENT_ID = variables.text("GOOGLE_CALENDAR_CLIENT_ID")
GOOGLE_CALENDAR_CLIENT_SECRET = variables.text("GOOGLE_CALENDAR_CLIENT_SECRET")
GOOGLE_EMULATOR_URL = variables.text("GOOGLE_EMULATOR_URL")
GOOGLE_PUSH_ENABLED = variables.text("GOOGLE_PUSH_ENABLED")
GOOGLE_TIMEOUT = (5, 20)  # seconds to connect, and between two bytes
WEBHOOK_TIMEOUT = (5, 15)  # seconds to connect, and for all of it
GOOGLE_DELETE_GRACE_SECONDS = variables.number("GOOGLE_DELETE_GRACE_SECONDS")
WEBHOOKS_TO_PRIVATE = variables.text("WEBHOOKS_TO_PRIVATE")

GOOGLE_ISSUERS = environment.google_issuers()
SOCIALACCOUNT_PROVIDERS = {"google": environment.google_sign_in()} if GOOGLE_CLIENT_ID else {}
# Where a form of ours may lead, by way of its redirects.
_google = urlsplit(GOOGLE_EMULATOR_URL or "https://accounts.google.com")
GOOGLE_CONSENT = [f"{_google.scheme}://{_google.netloc}"] if GOOGLE_CLIENT_ID else []

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

EMAIL_URL = variables.text("EMAIL_URL")
vars().update(environment.mail_server())  # EMAIL_BACKEND, EMAIL_HOST and their like
EMAIL_SMTPUTF8 = variables.is_on("EMAIL_SMTPUTF8")
EMAIL_FILE_PATH = str(DATA_DIR / "mail")
EMAIL_TIMEOUT = 20
NOTIFY_URL_SMS = variables.text("NOTIFY_URL_SMS")
DEFAULT_FROM_EMAIL = variables.text("DEFAULT_FROM_EMAIL", f"OpenSlot <openslot@{_host}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

PROCRASTINATE_IMPORT_PATHS = ["openslot.kernel.jobs"]  # those of the apps are in their tasks.py

# The API -------------------------------------------------------------------------------------

RATES = {"broad": "1200/min", "signup": "20/hour", "token": "30/min", "booking": "120/min"}
RATES |= {"guest_code": "5/hour", "guest_mail": "60/hour", "report": "10/hour"}
RATES |= {"unchallenged": "5/hour", "unsolved": "10/hour"}
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["openslot.api.protocol.auth.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["openslot.api.protocol.parsers.BoundedJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "openslot.api.protocol.schema.Schema",
    "EXCEPTION_HANDLER": "openslot.api.protocol.errors.answer",
    "DEFAULT_PAGINATION_CLASS": "openslot.api.protocol.pagination.Cursor",
    "PAGE_SIZE": 50,
    "DEFAULT_THROTTLE_CLASSES": ["openslot.api.protocol.throttling.Broad"]
    if RATE_LIMITS == "on"
    else [],
    "DEFAULT_THROTTLE_RATES": RATES if RATE_LIMITS == "on" else dict.fromkeys(RATES),
    "NUM_PROXIES": TRUSTED_PROXIES,
    "DEFAULT_METADATA_CLASS": None,
    "URL_FORMAT_OVERRIDE": None,
    "COERCE_DECIMAL_TO_STRING": True,
}
SIMPLE_JWT: dict[str, Any] = {
    "ALGORITHM": "HS256",
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=15),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=14),
    "CHECK_REVOKE_TOKEN": True,  # a new password ends every token
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "OpenSlot",
    "DESCRIPTION": "Appointment scheduling: providers, free times, appointments.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/",
    "ENUM_NAME_OVERRIDES": {"QuestionKindEnum": "openslot.catalog.questions.Kind"},
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "persistAuthorization": True},
}

# Safety --------------------------------------------------------------------------------------

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

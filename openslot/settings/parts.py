"""What it is put together from: apps, middleware, templates."""

from __future__ import annotations

from openslot.settings.place import BASE_DIR

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

PROCRASTINATE_IMPORT_PATHS = ["openslot.kernel.jobs"]  # those of the apps are in their tasks.py

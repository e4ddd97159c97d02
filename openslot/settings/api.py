"""The API: REST framework, its tokens, its description, and how often anybody may call."""

from __future__ import annotations

from datetime import timedelta
from importlib.metadata import version
from typing import Any

from openslot.settings.people import RATE_LIMITS
from openslot.settings.place import TRUSTED_PROXIES

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
    "VERSION": version("openslot"),
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/",
    "ENUM_NAME_OVERRIDES": {"QuestionKindEnum": "openslot.catalog.questions.Kind"},
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "persistAuthorization": True},
}

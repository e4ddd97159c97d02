"""What is logged, and how: lines on the console, without secrets."""

import logging
from http import HTTPStatus
from typing import Any

from django.utils.log import CallbackFilter

from openslot import variables


def without_trace(record: logging.LogRecord) -> bool:
    """An outage is a line for each request: fifty lines of where it was noticed say no more."""
    if getattr(record, "status_code", None) == HTTPStatus.SERVICE_UNAVAILABLE:
        record.exc_info = None
    return True


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {
        "masked": {"()": "openslot.kernel.masking.Filter"},
        "outage": {"()": CallbackFilter, "callback": without_trace},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["outage", "masked"],
        }
    },
    "root": {"handlers": ["console"], "level": variables.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "procrastinate": {"level": variables.text("LOG_LEVEL", "WARNING")},
        # Every scanner of the net makes one; 400 is all there is to say.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}

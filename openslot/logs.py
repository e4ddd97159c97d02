"""What is logged, and how: lines on the console, without secrets."""

from typing import Any

from openslot import variables

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"masked": {"()": "openslot.kernel.masking.Filter"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["masked"]}
    },
    "root": {"handlers": ["console"], "level": variables.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "procrastinate": {"level": variables.text("LOG_LEVEL", "WARNING")},
        # Every scanner of the net makes one; 400 is all there is to say.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}

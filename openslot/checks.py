"""What the environment must hold before OpenSlot serves anybody.

In production an insecure setting stops every command that Django checks before it runs, and the
web server; the message names the variable.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

SHORTEST_KEY = 40


@register
def production_is_secure(app_configs: Sequence[Any] | None, **_: Any) -> list[CheckMessage]:  # noqa: ARG001
    """Every variable that production needs and does not have, in one answer."""
    if not settings.PRODUCTION:
        return []
    found = [
        (len(settings.SECRET_KEY) < SHORTEST_KEY, "SECRET_KEY", "is unset or short"),
        (len(settings.ENCRYPTION_KEYS) < SHORTEST_KEY, "ENCRYPTION_KEYS", "is unset or short"),
        (not settings.HTTPS, "BASE_URL", "is not an https address"),
        ("*" in settings.ALLOWED_HOSTS, "ALLOWED_HOSTS", "admits every host"),
        (not settings.EMAIL_URL, "EMAIL_URL", "is unset, so no mail would leave"),
        (settings.RATE_LIMITS == "off", "RATE_LIMITS", "is off"),
        (bool(settings.GOOGLE_EMULATOR_URL), "GOOGLE_EMULATOR_URL", "is set"),
    ]
    return [
        Error(
            f"{name} {what}, and ENVIRONMENT is production.",
            hint="docs/self-hosting.md says what it should hold.",
            id=f"openslot.E{number:03}",
        )
        for number, (wrong, name, what) in enumerate(found, 1)
        if wrong
    ]


@register
def zones_are_known(app_configs: Sequence[Any] | None, **_: Any) -> list[CheckMessage]:  # noqa: ARG001
    """The server itself lives in UTC: people's zones are their own affair."""
    if settings.TIME_ZONE == "UTC" and settings.USE_TZ:
        return []
    return [Error("TIME_ZONE must stay UTC and USE_TZ on.", id="openslot.E020")]

"""What the environment must hold before OpenSlot serves anybody.

In production an insecure setting stops every command that Django checks before it runs, and the
web server; the message names the variable.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

SHORTEST_KEY = 40
LEAST_CONTENT = 30  # bytes that are left of a key when what repeats is taken out
FEWEST_LETTERS = 8  # different ones in a key
SENDING = {"smtp", "smtps", "smtp+tls", "smtp+ssl"}  # of the schemes that EMAIL_URL may have
# What many countries sell names under: in .co.uk, as in .org, everybody can have one.
SECOND_LEVELS = {"ac", "co", "com", "edu", "gob", "gov", "gv", "ne", "net", "or", "org", "sch"}
COUNTRY = 2  # letters


@register
def production_is_secure(app_configs: Sequence[Any] | None, **_: Any) -> list[CheckMessage]:  # noqa: ARG001
    """Every variable that production needs and does not have, in one answer."""
    if not settings.PRODUCTION:
        return []
    faults = [
        (_is_weak(settings.SECRET_KEY), "SECRET_KEY", "is unset, short or easily guessed"),
        (
            any(map(_is_weak, settings.ENCRYPTION_KEYS.split(","))),
            "ENCRYPTION_KEYS",
            "is unset, or one of them is short or easily guessed",
        ),
        (not settings.HTTPS, "BASE_URL", "is not an https address"),
        (
            _admits_strangers(settings.ALLOWED_HOSTS),
            "ALLOWED_HOSTS",
            "admits every host, or all below a public suffix",
        ),
        (not settings.EMAIL_URL, "EMAIL_URL", "is unset, so no mail would leave"),
        (
            bool(settings.EMAIL_URL) and urlsplit(settings.EMAIL_URL).scheme not in SENDING,
            "EMAIL_URL",
            "sends nothing",
        ),
        (settings.RATE_LIMITS == "off", "RATE_LIMITS", "is off"),
        (bool(settings.GOOGLE_EMULATOR_URL), "GOOGLE_EMULATOR_URL", "is set"),
        (settings.WEBHOOKS_TO_PRIVATE == "on", "WEBHOOKS_TO_PRIVATE", "is on"),
    ]
    return [
        Error(
            f"{name} {what}, and ENVIRONMENT is production.",
            hint="docs/self-hosting.md says what it should hold.",
            id=f"openslot.E{number:03}",
        )
        for number, (wrong, name, what) in enumerate(faults, 1)
        if wrong
    ]


def _is_weak(key: str) -> bool:
    """Short, or long by repeating itself."""
    key = key.strip()
    content = len(zlib.compress(key.encode(), 9))
    return (
        len(key) < SHORTEST_KEY
        or len(set(key)) < FEWEST_LETTERS
        or content < LEAST_CONTENT
        or key.startswith("django-insecure-")
    )


def _admits_strangers(hosts: Iterable[str]) -> bool:
    return any(host == "*" or (host.startswith(".") and _is_public(host)) for host in hosts)


def _is_public(host: str) -> bool:
    """Whether anybody can have a name below it, as below .org and .co.uk."""
    labels = host.strip(".").lower().split(".")
    country = len(labels) == COUNTRY and len(labels[-1]) == COUNTRY
    return len(labels) == 1 or (country and labels[0] in SECOND_LEVELS)


@register
def zones_are_known(app_configs: Sequence[Any] | None, **_: Any) -> list[CheckMessage]:  # noqa: ARG001
    """The server itself lives in UTC: people's zones are their own affair."""
    if settings.TIME_ZONE == "UTC" and settings.USE_TZ:
        return []
    return [Error("TIME_ZONE must stay UTC and USE_TZ on.", id="openslot.E020")]

"""What a domain function raises when it refuses. The docstring of an error is its message, in the
language of whoever is answered.

Which HTTP status an error has is the doors' affair (api/errors.py, web/errors.py).
"""

from __future__ import annotations

import inspect
import math
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext


class DomainError(Exception):
    """That is not possible."""

    code = "refused"

    def __init__(self, detail: str | Promise | None = None, **extra: Any) -> None:
        said = inspect.cleandoc(self.__doc__ or "").partition("\n\n")[0]
        self.detail = str(detail or gettext(" ".join(said.split())))
        self.extra = extra
        super().__init__(self.detail)


class Invalid(DomainError):
    """Some of what was sent cannot be used."""

    code = "invalid"

    def __init__(self, **errors: str | Promise | list[str]) -> None:
        self.errors = {
            field: message if isinstance(message, list) else [str(message)]
            for field, message in errors.items()
        }
        super().__init__()


class NotFound(DomainError):
    """There is nothing here, or nothing that you may see."""

    code = "not_found"


class NotAuthenticated(DomainError):
    """Sign in first."""

    code = "not_authenticated"


class NotAllowed(DomainError):
    """You may not do that."""

    code = "not_allowed"


class VersionMismatch(DomainError):
    """It was changed in the meantime. Load it again and decide anew."""

    code = "version_mismatch"


class TooOften(DomainError):
    """Too many in a short time. Nothing was done; try again later.

    `after`: in how many seconds that is.
    """

    code = "throttled"

    def __init__(self, detail: str | Promise | None = None, *, after: float = 1) -> None:
        self.seconds = max(1, math.ceil(after))
        super().__init__(detail)


class Busy(DomainError):
    """Too many people ask for this at the moment. Nothing was changed; try again in a minute."""

    code = "busy"

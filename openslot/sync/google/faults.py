"""What can go wrong with Google, sorted by what is to be done about it.

Texts hold a status and Google's own reason, never what was sent or answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from django.utils import timezone
from google.auth.exceptions import GoogleAuthError, RefreshError

RATE = {"rateLimitExceeded", "userRateLimitExceeded"}
QUOTA = {"quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg"}
SCOPE = {"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientScopes"}
FULL = {"fullSyncRequired", "updatedMinTooLongAgo"}
LOST = {"invalid_grant"}
OK, BAD, UNAUTHORIZED, FORBIDDEN, MISSING, TIMEOUT, CONFLICT, GONE, PRECONDITION, MANY, ERROR = (
    200,
    400,
    401,
    403,
    404,
    408,
    409,
    410,
    412,
    429,
    500,
)


class Fault(Exception):
    """Google did not do what it was asked."""

    def __init__(self, status: int = 0, reason: str = "", after: timedelta | None = None) -> None:
        self.status, self.reason, self.after = status, reason, after
        super().__init__(f"{type(self).__name__} {status} {reason}".strip())


class Retry(Fault):
    """Later it may work: the network, a 5xx, a limit of the moment."""


class QuotaUsedUp(Retry):
    """The calendar takes nothing for hours."""


class Misconfigured(Retry):
    """Google does not know this installation; its operator has to mend that."""


class AuthLost(Fault):
    """The person took the access back, or it ran out."""


class ScopeMissing(Fault):
    """A permission that was there is not there any more."""


class NotFound(Fault):
    """There is no such event or calendar."""


class Gone(Fault):
    """It was deleted."""


class FullSync(Fault):
    """The sync token is worth nothing any more."""


class Duplicate(Fault):
    """The id is taken."""


class Changed(Fault):
    """The event is not what it was: somebody wrote it meanwhile."""


class Permanent(Fault):
    """The same request would be refused again."""


PLAIN: Mapping[int, type[Fault]] = {
    UNAUTHORIZED: AuthLost,
    MISSING: NotFound,
    TIMEOUT: Retry,
    CONFLICT: Duplicate,
    PRECONDITION: Changed,
    MANY: Retry,
}


def of_answer(status: int, body: Any, headers: Mapping[str, str]) -> Fault:
    """The fault that an answer of 400 or more means."""
    reason = _reason(body)
    return _kind(status, reason)(status, reason[:100], _after(headers.get("Retry-After", "")))


def _kind(status: int, reason: str) -> type[Fault]:
    if reason in QUOTA:
        return QuotaUsedUp
    if status >= ERROR or reason in RATE:
        return Retry
    if status == FORBIDDEN:
        return ScopeMissing if reason in SCOPE else Permanent
    if status == GONE:
        return FullSync if reason in FULL else Gone
    return PLAIN.get(status, Permanent)


def _reason(body: Any) -> str:
    """Google's word for it: `error.errors[0].reason`, or the newer `error.details[].reason`."""
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, str):
        return error
    if not isinstance(error, dict):
        return ""
    told = [one for name in ("details", "errors") for one in _dicts(error.get(name))]
    reasons = [str(one["reason"]) for one in told if one.get("reason")]
    known = [one for one in reasons if one in SCOPE | QUOTA | RATE | FULL]
    return (known or reasons or [str(error.get("status") or "")])[0]


def _dicts(said: Any) -> list[dict[str, Any]]:
    return [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []


def _after(text: str) -> timedelta | None:
    """Retry-After: seconds, or a date."""
    if text.strip().isdecimal():
        return timedelta(seconds=min(int(text), 86_400))
    try:
        return max(timedelta(0), parsedate_to_datetime(text) - timezone.now())
    except (TypeError, ValueError):
        return None


def of_refresh(error: GoogleAuthError) -> Fault:
    """The fault that google-auth's own exception means; only a plain "no" loses the access."""
    if not isinstance(error, RefreshError) or error.retryable:
        return Retry(reason="token endpoint")
    told = error.args[1] if len(error.args) > 1 else None
    word = str(told.get("error", "")) if isinstance(told, dict) else ""
    if word in LOST:
        return AuthLost(reason=word)
    return Misconfigured(reason=word or "token endpoint")

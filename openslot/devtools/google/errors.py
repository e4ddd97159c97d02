"""What Google refuses, in Google's words."""

from __future__ import annotations

from typing import Any

DOMAINS = {
    "rateLimitExceeded": "usageLimits",
    "userRateLimitExceeded": "usageLimits",
    "dailyLimitExceeded": "usageLimits",
    "quotaExceeded": "usageLimits",
    "fullSyncRequired": "calendar",
    "updatedMinTooLongAgo": "calendar",
}
MESSAGES = {
    "authError": "Invalid Credentials",
    "backendError": "Backend Error",
    "channelIdNotUnique": "Channel id not unique",
    "conditionNotMet": "Precondition Failed",
    "deleted": "Resource has been deleted",
    "duplicate": "The requested identifier already exists.",
    "forbidden": "Forbidden",
    "fullSyncRequired": "Sync token is no longer valid, a full sync is required.",
    "insufficientPermissions": "Request had insufficient authentication scopes.",
    "notFound": "Not Found",
    "quotaExceeded": "Calendar usage limits exceeded.",
    "rateLimitExceeded": "Rate Limit Exceeded",
    "requiredAccessLevel": "You need to have writer access to this calendar.",
    "timeRangeEmpty": "The specified time range is empty.",
    "userRateLimitExceeded": "User Rate Limit Exceeded",
}


class Refused(Exception):
    """An answer of 400 or more."""

    def __init__(
        self, status: int, reason: str, message: str = "", *, location: str = "", **headers: str
    ) -> None:
        self.status = status
        self.reason = reason
        self.message = message or MESSAGES.get(reason, reason)
        self.location = location
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        super().__init__(f"{status} {reason}: {self.message}")

    def body(self) -> dict[str, Any]:
        error = {
            "domain": DOMAINS.get(self.reason, "global"),
            "reason": self.reason,
            "message": self.message,
        }
        if self.location:
            kind = "header" if self.location in {"Authorization", "If-Match"} else "parameter"
            error |= {"locationType": kind, "location": self.location}
        return {"error": {"code": self.status, "message": self.message, "errors": [error]}}


def invalid(message: str, location: str = "") -> Refused:
    return Refused(400, "invalid", message, location=location)

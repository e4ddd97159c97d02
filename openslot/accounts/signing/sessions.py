"""Sessions, of which those without an account live a day: whoever passes by makes one."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db

OF_NOBODY = timedelta(days=1)


class SessionStore(db.SessionStore):
    def get_session_cookie_age(self) -> int:
        if SESSION_KEY in self:
            return int(super().get_session_cookie_age())
        return int(OF_NOBODY.total_seconds())

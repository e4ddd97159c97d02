"""Sessions, of which those without an account live a day: whoever passes by makes one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from openslot.kernel.rows.composed import Composed

OF_NOBODY = timedelta(days=1)


LIVE = Composed(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now),
    key=str,
    now=datetime,
)


class SessionStore(db.SessionStore):
    def get_session_cookie_age(self) -> int:
        if SESSION_KEY in self:
            return int(super().get_session_cookie_age())
        return int(OF_NOBODY.total_seconds())

    def _get_session_from_db(self) -> Any:
        """The row of a key that is still good; None, and no key any more, where there is none."""
        found = LIVE.first(key=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None
        return found

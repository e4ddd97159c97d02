"""Where attempts are counted, for all processes in one table.

Django's own cache throws live rows away when it holds too many, so whoever makes enough attempts
elsewhere has those on a victim forgotten. Here only what has expired goes.
"""

from __future__ import annotations

from typing import Any

from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.db import connections, router
from django.utils import timezone

TABLE = "cache"  # as in settings/place.py


class Counters(DatabaseCache):
    """The table behind the limits on signing in and up; each row lives as long as its limit."""

    def _cull(self, db: str, cursor: Any, now: Any, num: int) -> None:  # noqa: ARG002
        cursor.execute(f'DELETE FROM "{TABLE}" WHERE expires < %s', [now])  # noqa: S608

    def purge(self) -> int:
        """Delete what has expired; how many rows."""
        connection = connections[router.db_for_write(self.cache_model_class)]
        with connection.cursor() as cursor:
            self._cull("", cursor, timezone.now(), 0)
            return int(cursor.rowcount)


def purge() -> int:
    """Forget the counts that no longer count; how many."""
    kept = caches["default"]
    return kept.purge() if isinstance(kept, Counters) else 0

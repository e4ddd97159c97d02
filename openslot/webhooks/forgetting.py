"""Messages are written while nobody is being forgotten.

Whoever writes one read its appointment a moment before; an erasure that ran in between would leave
behind what it came to take. So they wait for one another, and for nothing else (docs/locking.md).
"""

from __future__ import annotations

from django.db import connection

QUEUE = 7_346_910_221  # any number that no other queue of ours has


def wait() -> None:
    """Queue behind whoever is forgotten at the moment. First in a transaction, before any lock."""
    _lock("pg_advisory_xact_lock_shared")


def begin() -> None:
    """Queue behind those that write, and let nobody begin to before this is committed."""
    _lock("pg_advisory_xact_lock")


def _lock(how: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {how}(%s)", [QUEUE])

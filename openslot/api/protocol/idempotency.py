"""`Idempotency-Key`: a request that is sent again is carried out once and answered alike.

The key is written in the transaction of the booking. A repeat that comes meanwhile waits at its
row until the first one has committed, and then gives that answer; where the first was refused
nothing is kept, and the repeat is carried out. After a day a key is forgotten.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from openslot.accounts.models import User
from openslot.api.models import IdempotencyKey
from openslot.api.protocol.errors import KeyReused, Malformed

KEPT = timedelta(hours=24)
PRINTABLE = re.compile(r"[\x20-\x7e]{1,255}")

# Ours where the key is new or forgotten; otherwise nothing happens, once the first has committed.
CLAIM = """
    INSERT INTO api_idempotencykey (user_id, key, body_hash, answer, created_at)
    VALUES (%(user)s, %(key)s, %(hash)s, '', %(now)s)
    ON CONFLICT (user_id, key) DO UPDATE
    SET body_hash = excluded.body_hash, answer = '', created_at = excluded.created_at
    WHERE api_idempotencykey.created_at <= %(forgotten)s
"""


def once(user: User, *, key: str, body: Any, act: Callable[[], str]) -> str:
    """What `act` answers, or what it answered when this user sent this key and body first.

    Raises `Malformed` for a key that is none, `KeyReused` where it came with another body, and
    whatever `act` raises; then the key is free again.
    """
    if not PRINTABLE.fullmatch(key):
        raise Malformed(
            "An Idempotency-Key has 1 to 255 printable characters.", code="invalid_idempotency_key"
        )
    digest = _digest(body)
    with transaction.atomic():
        kept = IdempotencyKey.objects.filter(user=user, key=key)
        if _claimed(user, key, digest):
            answer = act()
            kept.update(answer=answer)
            return answer
        first = kept.get()
        if first.body_hash != digest:
            raise KeyReused
        return first.answer


def forget() -> int:
    """Drop the keys that are a day old; how many."""
    return IdempotencyKey.objects.filter(created_at__lte=timezone.now() - KEPT).delete()[0]


def _claimed(user: User, key: str, digest: str) -> bool:
    now = timezone.now()
    values: dict[str, Any] = {
        "user": user.pk,
        "key": key,
        "hash": digest,
        "now": now,
        "forgotten": now - KEPT,
    }
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, values)
        return bool(cursor.rowcount == 1)


def _digest(body: Any) -> str:
    """The same for the same JSON, however it was spaced and ordered."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()

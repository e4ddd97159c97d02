"""`Idempotency-Key`: a request that is sent again is carried out once and answered alike.

What that means is said in kernel/keeping/idempotency.py; here it is said which keys there are, and
when two bodies are the same.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from openslot.api.protocol.errors import Malformed
from openslot.kernel.keeping import idempotency

OPERATIONS = "api."
PRINTABLE = re.compile(r"[\x20-\x7e]{1,255}")


def once(
    owner: str,
    *,
    operation: str,
    key: str,
    body: Any,
    act: Callable[[], str],
    before: Callable[[], object] | None = None,
) -> str:
    """What `act` answers, or what it answered when the owner sent this key and body first.

    `before` is what has to be shown first, in no transaction; nothing where it is answered already.
    Raises `Malformed` for a key that is none, `KeyReused` where it came with another body, and
    whatever `act` raises; then the key is free again.
    """
    if not PRINTABLE.fullmatch(key):
        raise Malformed(
            gettext("An Idempotency-Key has 1 to 255 printable characters."),
            code="invalid_idempotency_key",
        )
    asked = {"operation": OPERATIONS + operation, "key": key, "content": _canonical(body)}
    if before is not None:
        known = idempotency.answered(owner, **asked)
        if known is not None:
            return known
        before()
    with idempotency.claimed(owner, **asked) as claim:
        if claim.answer is not None:
            return claim.answer
        answer = act()
        claim.keep(answer, about=named(json.loads(answer[answer.find("\n") + 1 :])))
        return answer


def named(said: Any) -> Iterator[UUID]:
    """The ids of the customers and providers whom a body speaks of."""
    for each in said if isinstance(said, list) else [said]:
        if isinstance(each, dict):
            for name, value in each.items():
                if name in {"customer", "provider"} and isinstance(value, dict):
                    yield UUID(str(value["id"]))
                else:
                    yield from named(value)


def known_as(key: str, body: Any) -> str:
    """One for all repeats of a request, and no other's."""
    return hashlib.sha256(f"{key}\0{_canonical(body)}".encode()).hexdigest()


def _canonical(body: Any) -> str:
    """The same for the same JSON, however it was spaced and ordered, with whatever solution."""
    if isinstance(body, dict):
        body = {name: body[name] for name in body if name != "challenge"}
    return json.dumps(body, sort_keys=True)

"""Answers that are kept for another press of a button (parts/pressing.py) forget who is erased.

The words that named them go; where the button led stays.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from uuid import UUID

from openslot.kernel.keeping import idempotency
from openslot.web.parts.pressing import OPERATIONS, Answer


def forget(people: Collection[str]) -> int:
    """Take the words out of the kept answers that name these customers and providers; how many."""
    return idempotency.rewrite([UUID(pk) for pk in people], operations=OPERATIONS, how=_wordless)


def _wordless(answer: str) -> str:
    return json.dumps(Answer(*json.loads(answer))._replace(told="")[:3])

"""What is sent again is carried out once, and answered as it was the first time.

Whoever asks is an `owner` ("user:" and their id, or whatever else tells people without an account
apart), and gives the request a key. The key is claimed in the transaction of what is done. A
repeat that comes meanwhile waits at that row until the first one has committed, and gets its
answer; where the first was refused nothing is kept, and the repeat is carried out. After a day a
key is forgotten.

What is kept can be read by this installation alone, or not at all: keys and contents are digests,
answers are sealed (they may hold a link that lets somebody in).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from openslot.kernel import privacy
from openslot.kernel.errors import DomainError
from openslot.kernel.keeping import sealing
from openslot.kernel.models import KeptAnswer

KEPT = timedelta(hours=24)

# Ours where the key is new or forgotten; otherwise nothing happens, once the first has committed.
CLAIM = """
    INSERT INTO kernel_keptanswer AS kept
        (owner, operation, key, content, answer, about, created_at)
    VALUES (%(owner)s, %(operation)s, %(key)s, %(content)s, '', '{}', %(now)s)
    ON CONFLICT (owner, operation, key) DO UPDATE
    SET content = excluded.content, answer = '', about = '{}', created_at = excluded.created_at
    WHERE kept.created_at <= %(forgotten)s
    RETURNING id
"""


class KeyReused(DomainError):
    """This Idempotency-Key was used for another request."""  # noqa: D404  the contract's words

    code = "idempotency_key_reused"


@dataclass
class Claim:
    """A key that is ours: to be answered (`answer` is None), or answered already."""

    row: int
    owner: str
    answer: str | None = None

    def keep(self, answer: str, *, about: Iterable[UUID] = ()) -> None:
        """Keep the answer for those who ask again; `about` are the people whom it names."""
        self.answer = answer
        sealed = sealing.seal(answer, context=_context(self.owner))
        KeptAnswer.objects.filter(pk=self.row).update(answer=sealed, about=sorted(set(about)))


def answered(owner: str, *, operation: str, key: str, content: str) -> str | None:
    """What this was answered already, if it was. Waits for nobody.

    Raises `KeyReused` where the key came with another content.
    """
    since = timezone.now() - KEPT
    kept = KeptAnswer.objects.filter(owner=owner, operation=operation, key=_digest(key))
    first = kept.filter(created_at__gt=since).exclude(answer="").first()
    if first is None:
        return None
    if first.content != _digest(content):
        raise KeyReused
    return sealing.opened(first.answer, context=_context(owner))


@contextmanager
def claimed(owner: str, *, operation: str, key: str, content: str) -> Iterator[Claim]:
    """One transaction in which a request is carried out, or is known to have been already.

    What leaves it without an answer kept, or by an exception, leaves no trace. Raises `KeyReused`
    where the owner's key came for this operation with another content.
    """
    with transaction.atomic():
        claim = _claim(owner, operation, _digest(key), _digest(content))
        yield claim
        if claim.answer is None:
            KeptAnswer.objects.filter(pk=claim.row).delete()


def forget() -> int:
    """Drop the answers that are a day old; how many."""
    return KeptAnswer.objects.filter(created_at__lte=timezone.now() - KEPT).delete()[0]


def forget_owner(owner: str) -> None:
    """Drop all that somebody was answered."""
    KeptAnswer.objects.filter(owner=owner).delete()


@transaction.atomic
def rewrite(people: Collection[UUID], *, operations: str, how: Callable[[str], str]) -> int:
    """Put another answer in the place of each that names one of the people; how many.

    `operations` is how the names of those begin that are meant.
    """
    named = KeptAnswer.objects.filter(about__overlap=list(people), operation__startswith=operations)
    kept = list(named.exclude(answer="").select_for_update())
    for each in kept:
        context = _context(each.owner)
        each.answer = sealing.seal(
            how(sealing.opened(each.answer, context=context)), context=context
        )
    KeptAnswer.objects.bulk_update(kept, ["answer"])
    return len(kept)


def _claim(owner: str, operation: str, key: str, content: str) -> Claim:
    now = timezone.now()
    values: dict[str, Any] = {
        "owner": owner,
        "operation": operation,
        "key": key,
        "content": content,
        "now": now,
        "forgotten": now - KEPT,
    }
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, values)
        if (made := cursor.fetchone()) is not None:
            return Claim(made[0], owner)
    first = KeptAnswer.objects.filter(owner=owner, operation=operation, key=key).first()
    if first is None:  # forgotten this very moment
        return _claim(owner, operation, key, content)
    if first.content != content:
        raise KeyReused
    return Claim(first.pk, owner, sealing.opened(first.answer, context=_context(owner)))


def owner_of(user_id: UUID) -> str:
    """Somebody with an account, as an owner."""
    return f"user:{user_id}"


def owner_by_address(email: str) -> str:
    """Somebody without one: who goes by the address. What they send, they send as that."""
    return f"guest:{_digest(email)}"


def _forget_user(user: Any) -> None:
    forget_owner(owner_of(user.pk))


def _context(owner: str) -> str:
    return f"kept answer:{owner}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# Shown nowhere: it repeats what its appointments and accounts say already.
PART = privacy.Part(models=(KeptAnswer._meta.label,), forget=_forget_user)

"""Addresses in mails and feeds: absolute, under BASE_URL; and what their signed parts mean."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from openslot.accounts.models import Customer, User
from openslot.kernel.errors import NotFound
from openslot.notifications import kinds

UNSUBSCRIBE = "notifications.unsubscribe"


class Subscription(NamedTuple):
    """The mails of a kind to a person: an account, or a guest of a provider."""

    user_id: UUID | None
    customer_id: UUID | None
    kind: str


def page(name: str, *args: object) -> str:
    return f"{settings.BASE_URL}{reverse(name, args=args)}"


def unsubscribe(person: User | Customer, kind: str) -> str:
    """Where the person ends the mails of a kind, without signing in."""
    what = "u" if isinstance(person, User) else "c"
    token = signing.dumps([what, person.pk.hex, kind], salt=UNSUBSCRIBE)
    return page("unsubscribe", token)


def subscription(token: str) -> Subscription:
    """What an address made by `unsubscribe` means. Raises `NotFound` for any other."""
    try:
        what, pk, kind = signing.loads(token, salt=UNSUBSCRIBE)
    except signing.BadSignature as error:
        raise NotFound from error
    if kind not in kinds.KINDS:
        raise NotFound
    return Subscription(UUID(pk) if what == "u" else None, UUID(pk) if what == "c" else None, kind)

"""A provider's webhooks: added, changed, given a new secret, tried out, repeated, removed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from openslot.accounts import locks
from openslot.accounts.models import Provider
from openslot.kernel.errors import Invalid, NotFound
from openslot.webhooks import addresses, bell, delivering, kinds, signing, writing
from openslot.webhooks.models import Message, State, Webhook

MOST = 20  # of a provider


def add(
    provider: Provider,
    *,
    url: str,
    events: Iterable[str],
    description: str = "",
    active: bool = True,
) -> tuple[Webhook, str]:
    """A new one and its secret, which is told this once. Raises `Invalid`."""
    now = timezone.now()
    webhook = Webhook(
        provider=provider,
        url=addresses.checked(url),
        wants=_wants(events, before={}, now=now.isoformat()),
        description=description,
        active=active,
        created_at=now,
    )
    secret = signing.renew(webhook, now=now)
    with transaction.atomic():
        locks.provider(provider.pk)
        if Webhook.objects.of(provider).count() >= MOST:
            raise Invalid(url=gettext("At most {most} webhooks.").format(most=MOST))
        webhook.save()
    return webhook, secret


def change(provider: Provider, webhook_id: UUID, **fields: Any) -> Webhook:
    """Another address, other types, on or off. What is told from now on is told from now on.

    Raises `NotFound` where it is not the provider's, `Invalid`.
    """
    known = Webhook.objects.of(provider).filter(pk=webhook_id).first()
    if known is not None and fields.get("url", known.url) != known.url:
        fields["url"] = addresses.checked(fields["url"])
    with transaction.atomic():
        webhook = _opened(provider, webhook_id)
        wanted = fields.get("events", webhook.events)
        _address(webhook, fields.get("url", webhook.url))
        _switch(webhook, on=fields.get("active", webhook.active))
        webhook.description = fields.get("description", webhook.description)
        now = timezone.now().isoformat()
        webhook.wants = _wants(wanted, before=webhook.wants, now=now)
        webhook.save()
    return webhook


@transaction.atomic
def rotate(provider: Provider, webhook_id: UUID) -> tuple[Webhook, str]:
    """A new secret; the old one signs beside it for 24 hours. Raises `NotFound`."""
    webhook = _opened(provider, webhook_id)
    secret = signing.renew(webhook, now=timezone.now())
    webhook.save()
    return webhook, secret


def remove(provider: Provider, webhook_id: UUID) -> None:
    """Delete it, with what it was sent. Raises `NotFound`."""
    if not Webhook.objects.of(provider).filter(pk=webhook_id).delete()[0]:
        raise NotFound


def test(provider: Provider, webhook_id: UUID) -> Message:
    """Send something that is of no appointment, to one that is switched off, too."""
    with transaction.atomic():
        now = timezone.now()
        sent = Message.objects.create(
            webhook=_opened(provider, webhook_id),
            type=kinds.TEST,
            at=now,
            body=writing.body(kinds.TEST, at=now, about=None, now=now),
            due_at=now,
            created_at=now,
        )
    bell.ring(webhook_id, asked=True)
    return sent


def retry(provider: Provider, webhook_id: UUID, message_id: UUID) -> Message:
    """Send a message again, at once and under its own id: what waits, and what was given up or
    taken, with all its tries. Raises `NotFound`.
    """
    with transaction.atomic():
        webhook = _opened(provider, webhook_id)
        mine = Message.objects.filter(webhook=webhook, pk=message_id)
        message = mine.select_for_update(no_key=True).first()
        if message is None:
            raise NotFound
        if message.state != State.WAITING:
            message.state, message.tries = State.WAITING, 0
        message.due_at = timezone.now()
        message.save()
    bell.ring(webhook_id, asked=True)
    return message


def _opened(provider: Provider, webhook_id: UUID) -> Webhook:
    """The provider's, behind the lock of its row."""
    mine = Webhook.objects.of(provider).filter(pk=webhook_id)
    webhook = mine.select_for_update(no_key=True).first()
    if webhook is None:
        raise NotFound
    return webhook


def _address(webhook: Webhook, url: str) -> None:
    if url != webhook.url:
        webhook.url, webhook.failing_since = url, None


def _switch(webhook: Webhook, *, on: bool) -> None:
    """Off, what waits is given up; on, it begins anew: nothing of meanwhile is told."""
    if on == webhook.active:
        return
    webhook.active, webhook.off = on, ""
    if on:
        webhook.failing_since, webhook.wants = None, {}
    else:
        delivering.give_up(webhook)


def _wants(events: Iterable[str], *, before: dict[str, str], now: str) -> dict[str, str]:
    """Since when each type is told. Raises `Invalid`."""
    wanted = list(events)
    if not wanted or any(each not in kinds.TYPES for each in wanted):
        raise Invalid(events=gettext("Choose what it is told."))
    return {each: before.get(each, now) for each in kinds.TYPES if each in wanted}

"""Delivering what waits for a webhook: in order for each appointment, ten tries over three days.

While its provider's account is suspended nothing is sent: it waits until that is lifted. One job
a webhook at a time (bell.py), and no transaction is open while the receiver is called. A
worker that dies has sent something that is not noted: it is sent again, under the same id.
"""

from __future__ import annotations

import time
import uuid
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from openslot.kernel import events
from openslot.webhooks import bell, forgetting, posting, writing
from openslot.webhooks.models import Attempt, Message, MessageQuerySet, Off, State, Webhook

# Between one try and the next: ten tries, the last one 75 and a half hours after the first.
PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
PATIENCE = timedelta(days=5)  # without success, and it is switched off
ROUND = 30  # seconds of one job: then other webhooks have their turn
SOON = timedelta(minutes=1)  # what is due later than that is found by the clock


def deliver(webhook_id: UUID) -> None:
    """Send what is due, and see to it that the rest is sent in its time. Safe to run twice."""
    begun = time.monotonic()
    while time.monotonic() - begun < ROUND:
        message = _waiting(webhook_id).due(timezone.now()).order_by("due_at", "move").first()
        if message is None or not _tried(message):
            break
    _go_on(webhook_id, now=timezone.now())


def tick(now: datetime) -> None:
    """Wake the webhooks for which something is due; switch off those that failed for too long."""
    tired = Webhook.objects.active().filter(failing_since__lte=now - PATIENCE)
    for pk in tired.filter(provider__user__is_active=True).values_list("pk", flat=True):
        _tire(pk, now=now)
    due = Message.objects.due(now).order_by().values("webhook").distinct()
    for webhook in Webhook.objects.filter(pk__in=due):
        bell.ring(webhook.pk, failing=webhook.failing_since is not None)


def _waiting(webhook_id: UUID) -> MessageQuerySet:
    return Message.objects.filter(webhook=webhook_id)


def _tried(message: Message) -> bool:
    """Try once and note how it went; whether anybody answered."""
    now = timezone.now()
    if not message.body:
        _write_anew(message.pk, now=now)
    sent = Message.objects.select_related("webhook").filter(pk=message.pk).first()
    if sent is None:
        return True
    answer = posting.post(sent, now=now)
    _note(sent, answer, at=now)
    return answer.status is not None


@transaction.atomic
def _write_anew(pk: UUID, *, now: datetime) -> None:
    forgetting.wait()
    one = Message.objects.filter(pk=pk).select_for_update(of=["self"]).first()
    if one is None:
        return
    about = one.appointment
    one.body = writing.body(one.type, at=one.at, about=about, now=now)
    one.save(update_fields=["body"])


@transaction.atomic
def _note(message: Message, answer: posting.Answer, *, at: datetime) -> None:
    webhook = Webhook.objects.select_for_update(no_key=True).filter(pk=message.webhook_id).first()
    mine = Message.objects.select_for_update(no_key=True).filter(pk=message.pk).first()
    if webhook is None or mine is None:
        return  # deleted meanwhile
    Attempt.objects.create(
        message=mine,
        at=at,
        status=answer.status,
        error=answer.error,
        milliseconds=answer.milliseconds,
    )
    mine.tries += 1
    if answer.is_yes:
        mine.state = State.DELIVERED
        webhook.failing_since = None
    else:
        mine.state, mine.due_at = _next(webhook, mine, now=at)
        webhook.failing_since = webhook.failing_since or at
    mine.save()
    webhook.save(update_fields=["failing_since"])
    if answer.status == posting.GONE:
        _switch_off(webhook, Off.GONE)
    elif webhook.failing_since and at - webhook.failing_since >= PATIENCE:
        _switch_off(webhook, Off.FAILING)


def _next(webhook: Webhook, message: Message, *, now: datetime) -> tuple[State, datetime]:
    """Whether and when it is tried again; of one that is switched off each try is the last."""
    if message.state == State.WAITING and webhook.active and message.tries <= len(PAUSES):
        return State.WAITING, now + PAUSES[message.tries - 1]
    return State.FAILED, message.due_at


def _go_on(webhook_id: UUID, *, now: datetime) -> None:
    """Ring again for what is due now, and for what is in a moment; the rest is the clock's."""
    soonest = _waiting(webhook_id).next().aggregate(at=Min("due_at"))["at"]
    if soonest is None:
        return
    if soonest <= now:
        failing = Webhook.objects.filter(pk=webhook_id, failing_since__isnull=False).exists()
        bell.ring(webhook_id, failing=failing)
    elif soonest <= now + SOON:
        bell.wake(webhook_id, at=soonest)


@transaction.atomic
def _tire(pk: UUID, *, now: datetime) -> None:
    one = Webhook.objects.active().filter(pk=pk, failing_since__lte=now - PATIENCE)
    webhook = one.select_for_update(no_key=True).first()
    if webhook is not None:
        _switch_off(webhook, Off.FAILING)


def _switch_off(webhook: Webhook, why: Off) -> None:
    """Stop, give up what waits, and tell the provider; once. Wants the webhook's row locked."""
    if not webhook.active:
        return
    webhook.active, webhook.off = False, why
    webhook.save(update_fields=["active", "off"])
    give_up(webhook)
    events.announce(
        "webhook.switched_off",
        user_id=str(webhook.provider.user_id),
        what=f"webhook_{why.value}",
        cause=str(uuid.uuid4()),
    )


def give_up(webhook: Webhook) -> None:
    """What waits is not sent any more, unless somebody asks for it."""
    Message.objects.waiting().filter(webhook=webhook).update(state=State.FAILED)

"""What webhooks keep about people: see kernel/privacy.py."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from openslot.accounts.models import Provider, User
from openslot.kernel import privacy
from openslot.webhooks import forgetting
from openslot.webhooks.models import Attempt, Message, Webhook

SECRETS = {"secret", "old_secrets"}


def export_provider(provider: Provider) -> dict[str, Any]:
    mine = Webhook.objects.of(provider)
    sent = Message.objects.filter(webhook__in=mine).order_by("created_at", "id")
    return {
        "webhooks": privacy.rows(mine, without=SECRETS),
        "webhook_deliveries": privacy.rows(sent),
        "webhook_attempts": privacy.rows(Attempt.objects.filter(message__in=sent), without={"id"}),
    }


def forget_provider(provider: Provider) -> None:
    """Nobody is told any more of what was theirs."""
    forgetting.begin()
    Webhook.objects.of(provider).delete()


def forget(user: User) -> None:
    """What others were sent about somebody is not kept: sent again, it says what is left then."""
    forgetting.begin()
    Message.objects.filter(appointment__customer__user=user).update(body="")


def forget_old(appointments: Collection[UUID]) -> None:
    forgetting.begin()
    Message.objects.filter(appointment__in=appointments).exclude(body="").update(body="")


def forget_customers(customers: Collection[UUID]) -> None:
    forgetting.begin()
    Message.objects.filter(appointment__customer__in=customers).exclude(body="").update(body="")


PART = privacy.Part(
    models=[model._meta.label for model in (Webhook, Message, Attempt)],
    export_provider=export_provider,
    forget_provider=forget_provider,
    forget=forget,
    forget_old=forget_old,
    forget_customers=forget_customers,
)

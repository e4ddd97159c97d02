"""Secrets, and what they sign: Standard Webhooks 1.0.0, `v1` (HMAC-SHA256)."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime, timedelta

from standardwebhooks import Webhook as Signer

from openslot.kernel.keeping import sealing
from openslot.webhooks.models import Webhook

PREFIX = "whsec_"
BYTES = 32
BESIDE = timedelta(hours=24)  # so long an old secret goes on signing beside the new one
OLD_MOST = 4


def renew(webhook: Webhook, *, now: datetime) -> str:
    """Give it a secret, which is told this once; the one before signs beside it for a day."""
    made = PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()
    if webhook.secret:
        until = (now + BESIDE).isoformat()
        webhook.old_secrets = [*_live(webhook, now), [webhook.secret, until]][-OLD_MOST:]
    webhook.secret = sealing.seal(made, context=_context(webhook))
    return made


def told(webhook: Webhook) -> str:
    """The secret. Raises `NotOpened` where it was sealed under a key that is no longer here."""
    return sealing.opened(webhook.secret, context=_context(webhook))


def signature(webhook: Webhook, *, id: str, now: datetime, body: str) -> str:  # noqa: A002
    """The header `webhook-signature`: one for each secret, the newest first. Raises `NotOpened`."""
    old = [sealed for sealed, _ in reversed(_live(webhook, now))]
    known = [sealing.opened(each, context=_context(webhook)) for each in [webhook.secret, *old]]
    return " ".join(Signer(each).sign(msg_id=id, timestamp=now, data=body) for each in known)


def _live(webhook: Webhook, now: datetime) -> list[list[str]]:
    """The old secrets that still sign, each with until when."""
    return [each for each in webhook.old_secrets if datetime.fromisoformat(each[1]) > now]


def _context(webhook: Webhook) -> str:
    return f"webhook.secret:{webhook.pk}"

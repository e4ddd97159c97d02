"""Once a day everything is compared anew, whatever was heard of it: nobody has to trust a push.

The list of calendars, every event that should stand there, and (by a full pull, which falls due at
the same time) every event that does. What differs goes through the same rules as any change.
"""

from __future__ import annotations

import logging
from datetime import datetime

from openslot.sync.connecting import calendars
from openslot.sync.google.client import Google
from openslot.sync.models import Connection
from openslot.sync.outward import outbox

log = logging.getLogger(__name__)


def is_due(connection: Connection, now: datetime) -> bool:
    """With the target's full pull; at once where nothing is known of the calendars yet."""
    target = connection.calendars.filter(is_target=True).first()
    if target is None:
        return True
    return target.full_due_at is not None and target.full_due_at <= now


def prepare(google: Google, connection: Connection) -> None:
    """Have everything looked at in this round; what is as it should be costs no call."""
    calendars.refresh(google, connection)
    looked_at = outbox.note_everything(connection)
    log.info("connection=%s is compared: %s events", connection.pk, looked_at)

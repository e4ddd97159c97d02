"""Sending what waits: several mails over one connection, each noted before the next one begins.

A mail's row is locked while it is on its way: who dies leaves it waiting, who comes second finds
it sent. See docs/adr/0013.
"""

from __future__ import annotations

import logging
import smtplib
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

from django.core.mail import EmailMessage
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from openslot.notifications import mail
from openslot.notifications.models import Channel, Delivery, State
from openslot.notifications.outgoing import smtp

DOUBTS = 2  # a mail that may have arrived is sent once more, and not again
ERROR = 300  # characters
# One statement for each mail takes its row and marks it; the ORM would need two.
NOTED = """
UPDATE notifications_delivery SET state = 'sent', sent_at = %s, error = '' WHERE id = (
    SELECT id FROM notifications_delivery WHERE id = %s AND state = 'waiting'
    FOR NO KEY UPDATE SKIP LOCKED
)
"""

log = logging.getLogger(__name__)


class Later(Exception):
    """A mail could not be sent now; try again."""


def send(
    delivery_ids: Sequence[UUID], *, last: bool, stop: Callable[[], bool] = lambda: False
) -> None:
    """Send those of the mails that wait; what failed before comes last.

    What no time mends is written down beside the notice. Raises `Later` where time may mend
    something, unless it is the `last` try, and where `stop` said, between two mails, to stop.
    """
    waiting = Delivery.objects.filter(
        pk__in=delivery_ids, channel=Channel.EMAIL, state=State.WAITING
    )
    read = waiting.with_subject().select_related("customer__provider__user")
    left = deque(read.order_by("doubts", "error", "created_at", "pk"))
    trouble: Exception | None = None
    with smtp.Line() as line:
        while left and not line.dead and not stop():
            trouble = _sent(left.popleft(), line, last=last) or trouble
    if line.dead and last:
        for delivery in left:
            _close(delivery, delivery.error or _("The mail server did not take it in time."))
        left.clear()
    if trouble is not None or left:
        raise Later from trouble


def _sent(delivery: Delivery, line: smtp.Line, *, last: bool) -> Exception | None:
    """Send a mail and note it; the trouble that time may mend, if there was one."""
    message: EmailMessage | None = None
    try:
        message = mail.composed(delivery)
        if message is None:
            _close(delivery, _("Nobody reads mail there any more."))
            return None
        return None if _handed_over(delivery, message, line) else Later()
    except smtp.Doubtful as doubt:
        return _doubted(delivery, doubt)
    except DatabaseError:
        raise
    except Exception as trouble:  # noqa: BLE001  of this mail alone; the others go on
        return _failed(delivery, message, trouble, last=last)


@transaction.atomic
def _handed_over(delivery: Delivery, message: EmailMessage, line: smtp.Line) -> bool:
    """Note that the mail is sent, send it, and only then make the note hold.

    False where another worker has it in its hand, alive or not yet known to be dead.
    """
    with connection.cursor() as cursor:
        cursor.execute(NOTED, [timezone.now(), delivery.pk])
        mine = cursor.rowcount
    if mine:
        line.send(message)
        return True
    return not Delivery.objects.filter(pk=delivery.pk, state=State.WAITING).exists()


def _doubted(delivery: Delivery, doubt: smtp.Doubtful) -> smtp.Doubtful | None:
    delivery.doubts += 1
    if delivery.doubts < DOUBTS:
        Delivery.objects.filter(pk=delivery.pk).update(doubts=delivery.doubts)
        return doubt
    _close(delivery, _("The mail server did not say whether it took the mail."))
    return None


def _failed(
    delivery: Delivery, message: EmailMessage | None, trouble: Exception, *, last: bool
) -> Exception | None:
    if message is None:
        log.error("delivery=%s could not be written", delivery.pk, exc_info=trouble)
        told = _("The mail could not be written.")
    else:
        told = _without_addresses(trouble, message.to)
    if permanent(trouble) or last:
        _close(delivery, told)
        return None
    Delivery.objects.filter(pk=delivery.pk).update(error=told)
    return trouble


@transaction.atomic
def _close(delivery: Delivery, error: str) -> None:
    """Give a mail up that still waits, and say so beside the notice."""
    mine = Delivery.objects.filter(pk=delivery.pk, state=State.WAITING)
    if not mine.select_for_update(no_key=True, skip_locked=True).exists():
        return
    mine.update(state=State.FAILED, error=error, sent_at=timezone.now(), doubts=delivery.doubts)
    if delivery.user_id is not None:
        notices = Delivery.objects.filter(cause=delivery.cause, user=delivery.user_id)
        notices.filter(channel=Channel.IN_APP).update(error=error)


def permanent(error: Exception) -> bool:
    """Whether the same mail would be refused again: a 5xx for it or its address (RFC 5321).

    What the server says to us and not to the mail (sign-in, greeting) may be mended by an operator.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= smtp.PERMANENT for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPDataError):
        return error.smtp_code >= smtp.PERMANENT
    return isinstance(error, smtplib.SMTPNotSupportedError | ValueError)


def _without_addresses(error: Exception, addresses: Iterable[str]) -> str:
    """What the server said; an address has no business in a record that outlives an erasure."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        said = "; ".join(f"{code} {_text(text)}" for code, text in error.recipients.values())
    elif isinstance(error, smtplib.SMTPResponseException):
        said = f"{error.smtp_code} {_text(error.smtp_error)}"
    else:
        said = str(error)
    for address in addresses:
        said = said.replace(address, "…").replace(mail.bare(address), "…")
    return said[:ERROR]


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said

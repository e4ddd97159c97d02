"""Text messages: the words of a notice, by the operator's own gateway (NOTIFY_URL_SMS).

As with mails a message's row is marked and locked while it is on its way, and waits again where it
was not taken.
"""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from openslot.accounts.models import User
from openslot.appointments.models import Status
from openslot.notifications import preferences, words
from openslot.notifications.models import Channel, Delivery, State
from openslot.notifications.outgoing.sending import Later
from openslot.variables import addresses

REFUSED = _("The gateway did not take the message.")
POINTLESS = _("There was nobody to text, or nothing to say any more.")


def send(delivery_id: UUID, *, last: bool) -> None:
    """Send a message that waits. Raises `Later` where it was not taken, but at the `last` try."""
    waiting = Delivery.objects.filter(pk=delivery_id, channel=Channel.SMS, state=State.WAITING)
    delivery = waiting.with_subject().first()
    if delivery is None or delivery.user is None:
        return
    number = preferences.number(delivery.user)
    try:
        if number and _makes_sense(delivery):
            _hand_over(delivery, number, said(delivery, delivery.user))
        else:
            _close(delivery, POINTLESS)
    except Later:
        if not last:
            raise
        _close(delivery, REFUSED)


def said(delivery: Delivery, reader: User) -> str:
    """What the message says, in its reader's language and zone."""
    with words.spoken_to(reader), timezone.override(reader.zone):
        told = words.told(delivery)
    return f"{told.headline}: {told.lead}"


def _makes_sense(delivery: Delivery) -> bool:
    """Whether it is still worth a text: the appointment stands, and has not begun."""
    about = delivery.appointment
    if about is None:
        return False
    return about.status == Status.CONFIRMED and about.start > timezone.now()


@transaction.atomic
def _hand_over(delivery: Delivery, number: str, text: str) -> None:
    """Note that it is sent, send it, and only then make the note hold."""
    mine = Delivery.objects.filter(pk=delivery.pk, state=State.WAITING)
    if not mine.select_for_update(no_key=True, skip_locked=True).exists():
        return
    mine.update(state=State.SENT, sent_at=timezone.now())
    if not addresses.gateway(settings.NOTIFY_URL_SMS, number).notify(body=text):
        raise Later


def _close(delivery: Delivery, error: str) -> None:
    mine = Delivery.objects.filter(pk=delivery.pk, state=State.WAITING)
    mine.update(state=State.FAILED, error=error, sent_at=timezone.now())

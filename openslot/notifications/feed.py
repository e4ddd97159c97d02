"""The secret calendar address of a person. Whoever has it reads along; a new one ends the old, and
so does a new password.

The secret is a random key signed with SECRET_KEY: it can be shown again, and a copy of the database
alone opens no feed.
"""

from __future__ import annotations

from datetime import timedelta

from django.core import signing
from django.utils import timezone

from openslot.accounts.models import User
from openslot.appointments.models import DROPPED, Appointment
from openslot.kernel.errors import NotFound
from openslot.notifications import ics, links
from openslot.notifications.models import Feed

PAST = timedelta(days=90)
MOST = 2000  # appointments
SIGNER = signing.Signer(salt="notifications.feed", sep=".")


def address(user: User) -> str:
    """The address of the user's feed; it is made the first time it is asked for."""
    feed, _ = Feed.objects.get_or_create(
        user=user, defaults={"credentials_version": user.credentials_version}
    )
    return renew(user) if feed.credentials_version != user.credentials_version else _address(feed)


def renew(user: User) -> str:
    """Another address; the old one leads nowhere from now on."""
    key = Feed._meta.get_field("key").get_default()
    feed, _ = Feed.objects.update_or_create(
        user=user, defaults={"key": key, "credentials_version": user.credentials_version}
    )
    return _address(feed)


def read(secret: str, *, most: int = MOST) -> bytes:
    """The calendar behind a secret: what is active or took place, from 90 days ago on.

    What is to come goes first where there is too much; the latest of what is over fills the rest.

    Raises `NotFound` for what opens nothing.
    """
    try:
        key = SIGNER.unsign(secret)
    except signing.BadSignature as error:
        raise NotFound from error
    feed = Feed.objects.select_related("user").filter(key=key, user__is_active=True).first()
    if feed is None or feed.credentials_version != feed.user.credentials_version:
        raise NotFound
    mine = Appointment.objects.visible_to(feed.user).exclude(status__in=DROPPED)
    now = timezone.now()
    known = mine.with_people()
    ahead = list(known.filter(end__gt=now).order_by("start", "id")[:most])
    over = known.filter(end__gt=now - PAST, end__lte=now).order_by("-start", "-id")
    shown = [*reversed(over[: most - len(ahead)]), *ahead]
    return ics.feed(
        [(each, each.role_of(feed.user)) for each in shown],
        name=f"OpenSlot: {feed.user}",
    )


def _address(feed: Feed) -> str:
    return links.page("feed", SIGNER.sign(feed.key))

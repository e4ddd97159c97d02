"""Notices in the app, as their reader handles them."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from openslot.accounts.models import User
from openslot.kernel.errors import NotFound
from openslot.notifications import words
from openslot.notifications.models import Delivery

PAGES = {"welcome": "find", "time_off_conflict": "time_off", "sync_attention": "calendar"}
WEBHOOK = {"webhook_gone", "webhook_failing"}


def read(notice_id: UUID, *, by: User) -> Delivery:
    """Mark a notice as read; reading it again changes nothing. Raises `NotFound`."""
    mine = Delivery.objects.visible_to(by).filter(pk=notice_id)
    mine.unread().update(read_at=timezone.now())
    notice = mine.first()
    if notice is None:
        raise NotFound
    return notice


def read_all(user: User) -> int:
    """Mark all as read; how many that were."""
    return Delivery.objects.visible_to(user).unread().update(read_at=timezone.now())


def unread_count(user: User) -> int:
    """How many wait to be read: one count on an index of the unread alone."""
    return Delivery.objects.visible_to(user).unread().count()


def path(notice: Delivery) -> str:
    """The page that a notice leads to."""
    if notice.appointment_id is not None and notice.kind != "sync_attention":
        return reverse("appointment", args=[notice.appointment_id])
    return reverse(page(notice))


def page(notice: Delivery) -> str:
    """The name of the page where something is to be seen to that is no appointment."""
    if notice.action == "clocks_changed":
        return "clocks"
    return "webhooks" if notice.action in WEBHOOK else PAGES[notice.kind]


def body(notice: Delivery) -> str:
    """What it says below its title, with the reason where one was given."""
    lead = words.told(notice).lead
    reason = notice.act.reason if notice.act else ""
    return f"{lead} “{reason}”" if reason else lead

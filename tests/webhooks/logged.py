"""A webhook with a log, of which nothing was really sent."""

from datetime import timedelta

from django.utils import timezone

from openslot.webhooks import kinds, subscribing
from openslot.webhooks.models import Attempt, Message


def hooked(user, words=""):
    """The address of its page."""
    url = f"https://8.8.8.8/hook/{words.replace(' ', '-')[:1500]}"
    made, _ = subscribing.add(
        user.provider, url=url, events=list(kinds.TYPES), description=words[:200]
    )
    now = timezone.now()
    for state, status, error in (
        ("delivered", 200, ""),
        ("failed", None, "The connection failed or was broken off."),
    ):
        sent = Message.objects.create(
            webhook=made, type=kinds.TEST, state=state, at=now, due_at=now, created_at=now
        )
        Attempt.objects.create(message=sent, status=status, error=error, milliseconds=12)
    made.failing_since = now - timedelta(days=1)
    made.save()
    return f"/provider/webhooks/{made.pk}/"

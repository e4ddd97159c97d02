"""Where Google is, and who we are to it; the emulator stands in for all of it at once."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext_lazy as _

EVENTS = "https://www.googleapis.com/auth/calendar.events.owned"
FREE_BUSY = "https://www.googleapis.com/auth/calendar.events.freebusy"
LIST = "https://www.googleapis.com/auth/calendar.calendarlist.readonly"

# What each is called on Google's consent page, for whoever left it out.
LABELS = {
    EVENTS: _("see and change events on calendars you own"),
    FREE_BUSY: _("see when you are free or busy"),
    LIST: _("see the list of your calendars"),
}


class Client(NamedTuple):
    id: str
    secret: str


def configured() -> bool:
    """Whether there is a client for calendars at all; else nothing here is offered."""
    return bool(client().id)


def client() -> Client:
    own = settings.GOOGLE_CALENDAR_CLIENT_ID
    if own:
        return Client(own, settings.GOOGLE_CALENDAR_CLIENT_SECRET)
    return Client(settings.GOOGLE_CLIENT_ID, settings.GOOGLE_CLIENT_SECRET)


def _root(google: str) -> str:
    return settings.GOOGLE_EMULATOR_URL.rstrip("/") or google


def authorization() -> str:
    return _root("https://accounts.google.com") + "/o/oauth2/v2/auth"


def token() -> str:
    return _root("https://oauth2.googleapis.com") + "/token"


def revocation() -> str:
    return _root("https://oauth2.googleapis.com") + "/revoke"


def people() -> str:
    return _root("https://www.googleapis.com") + "/oauth2/v2/userinfo"


def calendar() -> str:
    return _root("https://www.googleapis.com") + "/calendar/v3"


def pushes() -> bool:
    """Whether Google can and may call us: public https, or the emulator beside us."""
    wanted = settings.GOOGLE_PUSH_ENABLED
    if wanted == "auto":
        return bool(settings.HTTPS) and _public(settings.BASE_URL)
    secure = settings.BASE_URL.startswith("https://")
    return wanted == "on" and (secure or bool(settings.GOOGLE_EMULATOR_URL))


def _public(address: str) -> bool:
    host = address.split("://", 1)[-1].split("/", 1)[0].rsplit(":", 1)[0]
    return "." in host and not host.startswith(("127.", "10.", "192.168.", "["))


def installation() -> str:
    """What tells this installation from a copy of its database somewhere else."""
    return hashlib.sha256(settings.BASE_URL.encode()).hexdigest()[:16]

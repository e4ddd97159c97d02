"""Every page's address, room by room. Names are what templates and views reverse."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from openslot.web.account import media

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("openslot.web.today.urls")),
    path("", include("openslot.web.finding.urls")),
    path("", include("openslot.web.booking.urls")),
    path("", include("openslot.web.appointment.urls")),
    path("", include("openslot.web.guest.urls")),
    path("", include("openslot.web.embed.urls")),
    path("", include("openslot.web.away.urls")),
    path("", include("openslot.web.webhooks.urls")),
    path("", include("openslot.web.asking.urls")),
    path("", include("openslot.web.own_words.urls")),
    path("", include("openslot.web.account.urls")),
    path("", include("openslot.web.desk.urls")),
    path("", include("openslot.web.opening.urls")),
    path("", include("openslot.web.answering.urls")),
    path("", include("openslot.web.planner.urls")),
]

if not settings.STORAGE_URL:
    urlpatterns.append(path("media/<path:path>", media.photo, name="media"))

if not settings.PRODUCTION:
    urlpatterns.append(path("", include("openslot.web.dev.urls")))

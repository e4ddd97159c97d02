"""An appointment in its reader's own calendar: the event there, or the way into one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from openslot.accounts.models import User
from openslot.appointments.models import ACTIVE, Appointment, Role
from openslot.kernel.errors import NotFound
from openslot.notifications import ics, links
from openslot.sync import health
from openslot.sync.google import places
from openslot.sync.models import Link, LinkState
from openslot.web.parts.requests import reader

WORDS = {
    LinkState.PENDING: "On its way into your Google Calendar",
    LinkState.SYNCED: "In your Google Calendar",
    LinkState.FAILED: "Google does not take it into your calendar",
    LinkState.DETACHED: "You changed its event in Google; it does not follow any more",
}


def described(shown: Appointment, user: User) -> dict[str, Any]:
    """The event in their calendar with how it stands; else a link that makes one."""
    if not places.configured():
        return {}
    event = health.event_of(shown.pk, user)
    if event is not None:
        return {"event": event, "event_words": _words(event)}
    if shown.status not in ACTIVE or health.is_connected(user):
        return {}
    return {"add_to_google": links.add_to_google(shown, role=shown.role_of(user) or Role.CUSTOMER)}


def _words(event: Link) -> str:
    if event.gone_at is not None:
        return "Deleted in your Google Calendar"
    return WORDS.get(LinkState(event.state), "")


@login_required
@require_safe
def calendar_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """As iCalendar (RFC 5545), to take along."""
    mine = Appointment.objects.visible_to(reader(request)).with_people()
    appointment = mine.filter(pk=pk).first()
    if appointment is None:
        raise NotFound
    return HttpResponse(
        ics.file(appointment, role=appointment.role_of(reader(request)) or Role.CUSTOMER),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{pk}.ics"'},
    )

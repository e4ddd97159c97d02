"""An appointment in its reader's own calendar: the event there, or the way into one."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from openslot.accounts.models import User
from openslot.appointments.models import ACTIVE, Appointment, Role
from openslot.kernel.errors import NotFound
from openslot.kernel.wording import dates
from openslot.notifications import ics, links
from openslot.sync import health
from openslot.sync.google import places
from openslot.sync.models import Link, LinkState
from openslot.web.parts.requests import reader

WORDS = {
    LinkState.PENDING: _("On its way into your Google Calendar"),
    LinkState.SYNCED: _("In your Google Calendar"),
    LinkState.FAILED: _("Google does not take it into your calendar"),
    LinkState.DETACHED: _("You changed its event in Google; it does not follow any more"),
}


def described(shown: Appointment, user: User) -> dict[str, Any]:
    """The event in their calendar with how it stands; else the ways to make one."""
    role = shown.role_of(user) or Role.CUSTOMER
    if not places.configured():
        return {"calendars": ways(shown, role=role)}
    event = health.event_of(shown.pk, user)
    if event is not None:
        said = {"event": event, "event_words": _words(event)}
        return said | {"calendars": ways(shown, role=role, kept=True)}
    return {"calendars": ways(shown, role=role, kept=health.is_connected(user))}


def ways(shown: Appointment, *, role: Role, kept: bool = False) -> dict[str, str]:
    """Where it can be taken along: other calendars, unless one is `kept` in step; other people;
    and, for its customer, the same once more.
    """
    found: dict[str, str] = {}
    if shown.status in ACTIVE:
        if not kept:
            found["outlook"] = links.add_to_outlook(shown, role=role)
            if places.configured():
                found["google"] = links.add_to_google(shown, role=role)
        found["share"] = _by_mail(shown)
    if role == Role.CUSTOMER and shown.provider.active:
        found["again"] = _again(shown)
    return found


def _by_mail(shown: Appointment) -> str:
    """A mail to somebody else that says when and where, as an address (RFC 6068)."""
    local = timezone.localtime(shown.start)
    at = dates.timed(dates.long_with_year(local), local)
    when = f"{at} ({timezone.get_current_timezone_name()})"
    lines = [shown.service.name, shown.provider.name, when, shown.location_text]
    said = {
        "subject": f"{shown.service.name}, {dates.timed(dates.of_month(local), local)}",
        "body": "\r\n".join(line for line in lines if line),
    }
    return f"mailto:?{urlencode(said, quote_via=quote)}"


def _again(shown: Appointment) -> str:
    page = reverse("provider", args=[shown.provider.slug])
    sold = shown.service.active and shown.service.removed_at is None
    return f"{page}?service={shown.service_id}" if sold else page


def _words(event: Link) -> str:
    if event.gone_at is not None:
        return gettext("Deleted in your Google Calendar")
    return str(WORDS.get(LinkState(event.state), ""))


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

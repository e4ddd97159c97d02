"""One appointment behind a link: looked at, moved, cancelled, answered, taken along."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from openslot.appointments import moves
from openslot.appointments.guests import links
from openslot.appointments.models import ACTIVE, Appointment, Role
from openslot.kernel.errors import DomainError, NotFound, TooOften
from openslot.notifications import ics
from openslot.web import errors
from openslot.web.appointment import acting, elsewhere, relations
from openslot.web.appointment.acting import Part
from openslot.web.guest.behind import behind_link
from openslot.web.parts import picker
from openslot.web.parts.pressing import Answer, pressed


@require_safe
@behind_link
def appointment(request: HttpRequest, part: Part) -> HttpResponse:
    with timezone.override(picker.chosen_zone(request)):
        return render(request, "guest/appointment.html", _described(part))


@behind_link
def act(request: HttpRequest, part: Part, action: str) -> HttpResponse:
    return _done(request, part, lambda: acting.act(request, part, action))


@behind_link
def reschedule(request: HttpRequest, part: Part) -> HttpResponse:
    return _done(request, part, lambda: acting.another_time(request, part, propose=False))


@require_safe
@behind_link
def calendar_file(_request: HttpRequest, part: Part) -> HttpResponse:
    """As iCalendar (RFC 5545), to take along."""
    shown = part.appointment
    return HttpResponse(
        ics.file(shown, role=Role.CUSTOMER),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{shown.pk}.ics"'},
    )


def _done(
    request: HttpRequest, part: Part, do: Callable[[], Answer | HttpResponse]
) -> HttpResponse:
    """What comes of it, once for each press; a refusal that no form takes is told on the page."""
    try:
        answer = pressed(request, do)
    except (NotFound, TooOften):
        raise
    except DomainError as error:
        messages.error(request, errors.words(error))
        return redirect(part.page)
    return answer.given(request) if isinstance(answer, Answer) else answer


def _described(part: Part) -> dict[str, Any]:
    shown, now = part.appointment, timezone.now()
    related = relations.described(shown)
    return {
        "appointment": shown,
        "part": part,
        "other": part.other,
        "proposed_by_me": shown.proposed_by == Role.CUSTOMER,
        "buttons": part.buttons(),
        "questions": part.questions(related["after"]),
        "too_late": moves.too_late(shown, role=Role.CUSTOMER, now=now),
        "binding": shown.status in ACTIVE,
        "calendars": elsewhere.ways(shown, role=Role.CUSTOMER),
        "dates": _dates(shown),
        "account": shown.customer.user_id is not None,
        **related,
    }


def _dates(shown: Appointment) -> list[dict[str, Any]]:
    """The dates of its series, each with its own link."""
    if shown.series is None:
        return []
    dates = shown.series.occurrences.with_people().by_start()
    return [{"item": each, "token": links.token(each)} for each in dates]

"""An appointment as a page, and what is done to it."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from openslot.appointments import moves
from openslot.appointments.guests import invitations
from openslot.appointments.models import ACTIVE, Appointment, Role
from openslot.kernel import timerange
from openslot.kernel.errors import NotFound
from openslot.web import errors
from openslot.web.appointment import acting, elsewhere, history, relations
from openslot.web.parts import picker, questions
from openslot.web.parts.pressing import Answer, once
from openslot.web.parts.requests import reader


@login_required
def appointment(request: HttpRequest, pk: UUID) -> HttpResponse:
    try:
        shown = own(request, pk)
    except NotFound:
        if not invitations.open_to(reader(request)).filter(pk=pk).exists():
            raise
        return redirect("invitation", pk=pk)
    with timezone.override(picker.chosen_zone(request)):
        return render(request, "appointment/appointment.html", described(request, shown))


def own(request: HttpRequest, pk: UUID) -> Appointment:
    """The appointment, if the reader has a part in it. Raises `NotFound`."""
    mine = Appointment.objects.visible_to(reader(request)).with_people().filter(pk=pk).first()
    if mine is None:
        raise NotFound
    return mine


def described(request: HttpRequest, shown: Appointment) -> dict[str, Any]:
    """What the page of one appointment says."""
    user, now = reader(request), timezone.now()
    part = acting.Part(shown, user)
    provides = part.provides
    related = relations.described(shown)
    theirs = shown.customer.zone() if provides else shown.provider.zone
    here = ZoneInfo(timezone.get_current_timezone_name())
    differs = timerange.clocks_differ(shown.start, theirs, here)
    return {
        "appointment": shown,
        "provides": provides,
        "other": part.other,
        "their_zone": theirs if differs else None,
        "own_zone": user.zone if timerange.clocks_differ(shown.start, user.zone, here) else None,
        "proposed_by_me": shown.proposed_by == shown.role_of(user),
        "buttons": part.buttons(),
        "questions": part.questions(related["after"]),
        "notes_form": questions.NotesForm(initial={"notes": shown.notes, "version": shown.version}),
        "place_form": questions.PlaceForm(
            initial={"location": shown.location_text, "version": shown.version}
        )
        if provides and shown.status in ACTIVE
        else None,
        "too_late": moves.too_late(shown, role=Role.CUSTOMER, now=now) and not provides,
        "binding": not provides and shown.status in ACTIVE,
        "fresh": request.GET.get("booked") == "1",
        "history": history.told(shown, user),
        **elsewhere.described(shown, user),
        **related,
    }


@login_required
@errors.returning("appointment", "pk")
@once
def act(request: HttpRequest, pk: UUID, action: str) -> Answer | HttpResponse:
    return acting.act(request, acting.Part(own(request, pk), reader(request)), action)


@login_required
@errors.returning("appointment", "pk")
@once
def reschedule(request: HttpRequest, pk: UUID) -> Answer | HttpResponse:
    part = acting.Part(own(request, pk), reader(request))
    # A page drawn before proposing had an address of its own says so by a tick.
    return acting.another_time(request, part, propose=bool(request.POST.get("propose")))


@login_required
@errors.returning("appointment", "pk")
@once
def propose(request: HttpRequest, pk: UUID) -> Answer | HttpResponse:
    """A provider asks first; a customer's new time is a proposal where it has to be one."""
    part = acting.Part(own(request, pk), reader(request))
    if not part.provides:
        raise NotFound
    return acting.another_time(request, part, propose=True)
